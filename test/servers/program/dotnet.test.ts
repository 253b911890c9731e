import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assertDotnet, type Disk, findDotnet } from '../../../src/servers/program/dotnet.js'
import type { BuildTarget } from '../../../src/system/platform.js'
import { temporaryFolder } from '../cache/entries.js'

/** A folder of .NET with these runtimes, and what finds them. */
function dotnetWith(runtimes: readonly string[], finders: readonly string[] = runtimes): string {
  const root = temporaryFolder()
  for (const version of runtimes)
    mkdirSync(join(root, 'shared', 'Microsoft.NETCore.App', version), { recursive: true })
  for (const version of finders) mkdirSync(join(root, 'host', 'fxr', version), { recursive: true })
  return root
}

/** A disk with .NET 8 in one place, and files with a text. */
const diskWith = (root: string, texts: Readonly<Record<string, string>> = {}): Disk => ({
  isThere: path => slashed(path) === root,
  names: folder =>
    [`${root}/host/fxr`, `${root}/shared/Microsoft.NETCore.App`].includes(slashed(folder)) ? ['8.0.11'] : [],
  text: file => texts[slashed(file)] ?? '',
})
const slashed = (path: string) => path.replaceAll('\\', '/')

describe('the runtime of .NET', () => {
  it.each([
    [['8.0.11'], '8.0.11'],
    [['6.0.36', '9.0.1'], '9.0.1'],
    [['9.0.1', '10.0.0-rc.1', '8.0.0'], '10.0.0-rc.1'],
  ])('is found among %j', (runtimes, version) => {
    const root = dotnetWith(runtimes)
    expect(findDotnet({ target: 'win32-x64', env: { DOTNET_ROOT: root } })).toEqual({ version, root })
  })

  it.each<[string, readonly string[], readonly string[]]>([
    ['is too old', ['6.0.36', '7.0.20'], ['6.0.36', '7.0.20']],
    ['cannot be found by programs', ['8.0.11'], []],
    ['has only what finds it', [], ['8.0.11']],
    ['is a stray folder', ['latest'], ['8.0.11']],
  ])('is missing where it %s', (_, runtimes, finders) => {
    const root = dotnetWith(runtimes, finders)
    expect(findDotnet({ target: 'linux-x64', env: { DOTNET_ROOT: root } })).toEqual({
      missing: `there is none in ${root}`,
    })
  })

  it.each<[string, BuildTarget, NodeJS.ProcessEnv, string, Record<string, string>?]>([
    ['the variable of its processor', 'win32-arm64', { DOTNET_ROOT_ARM64: '/a', DOTNET_ROOT: '/b' }, '/a'],
    ['the variable of all', 'win32-arm64', { DOTNET_ROOT_X64: '/a', DOTNET_ROOT: '/b' }, '/b'],
    ['the programs of Windows', 'win32-x64', { ProgramFiles: '/programs' }, '/programs/dotnet'],
    ['those for 64 bits', 'win32-x64', { ProgramW6432: '/64', ProgramFiles: '/32' }, '/64/dotnet'],
    ['its place on macOS', 'darwin-arm64', {}, '/usr/local/share/dotnet'],
    ['its place on Debian', 'linux-x64', {}, '/usr/share/dotnet'],
    ['its place on Ubuntu', 'linux-x64', {}, '/usr/lib/dotnet'],
    ['where it was installed', 'linux-x64', {}, '/opt/net', { '/etc/dotnet/install_location': '/opt/net\n' }],
    ['where it was installed for x64', 'linux-x64', {}, '/x', { '/etc/dotnet/install_location_x64': '/x' }],
  ])('is looked for in %s', (_, target, env, root, texts) => {
    const found = findDotnet({ target, env }, diskWith(root, texts))
    expect('root' in found && slashed(found.root)).toBe(root)
  })

  it('is not looked for elsewhere when a variable names a folder that is there', () => {
    const empty = temporaryFolder()
    const disk: Disk = { ...diskWith('/usr/share/dotnet'), isThere: () => true }
    expect(findDotnet({ target: 'linux-x64', env: { DOTNET_ROOT: empty } }, disk)).toEqual({
      missing: `there is none in ${empty}`,
    })
  })

  it('is asked for before garnet is fetched, and for nothing else', () => {
    const env = { DOTNET_ROOT: dotnetWith([]) }
    expect(() => assertDotnet({ engine: 'garnet', target: 'win32-x64' }, env)).toThrow(
      expect.objectContaining({
        code: 'no-engine',
        message: `garnet needs the runtime of .NET 8 or newer, and there is none in ${env.DOTNET_ROOT}`,
        hint: expect.stringMatching(/winget install Microsoft\.DotNet\.Runtime\.8, or https:.*DOTNET_ROOT/),
      }),
    )
    expect(() => assertDotnet({ engine: 'valkey', target: 'win32-x64' }, env)).not.toThrow()
    expect(() =>
      assertDotnet({ engine: 'garnet', target: 'linux-x64' }, { DOTNET_ROOT: dotnetWith(['9.0.0']) }),
    ).not.toThrow()
  })
})
