import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineName } from '../../../src/config/config.js'
import { SkyflyError } from '../../../src/errors.js'
import { onPath } from '../../../src/servers/search/executable-path.js'
import { explicitBinary } from '../../../src/servers/search/explicit-binary.js'
import { ensureBinary } from '../../../src/servers/search/find-server.js'
import type { BuildTarget } from '../../../src/system/platform.js'
import { fixture } from '../../fixtures/program.js'
import { itOnPosix } from '../../system.js'

const NODE_FOLDER = dirname(process.execPath)

/** A program of these tests is a script with a shebang, on a PATH with colons. */
const itRuns = itOnPosix('Windows runs no scripts')

describe('ensureBinary, without a connection', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-binary-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  /** PATH with nothing but the folder of the test, and node for the programs in it. */
  const env = (more: Record<string, string> = {}) => ({ PATH: `${folder}:${NODE_FOLDER}`, ...more })

  const put = (name: string, content: string | Buffer, mode = 0o755): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }
  const says = (name: string, version: string) => put(name, `#!/bin/sh\nprintf '%s\\n' '${version}'\n`)
  const VALKEY = 'Valkey server v=8.1.1 sha=00000000:0'
  const REDIS = 'Redis server v=7.0.15 sha=00000000:0'

  const find = (
    config: { engine?: EngineName | 'auto'; engineVersion?: string; binary?: string },
    given = env(),
  ) =>
    ensureBinary({
      config: {
        root: folder,
        engine: 'auto',
        engineVersion: undefined,
        binary: undefined,
        offline: true,
        allowUnverified: false,
        mirror: undefined,
        cacheDir: join(folder, 'cache'),
        downloadTimeoutMs: 1_000,
        sources: { binary: '--binary', offline: '--offline' },
        ...config,
      },
      env: given,
      platform: 'linux',
      target: `linux-${process.arch}` as BuildTarget,
    })

  const failure = async (found: Promise<unknown>): Promise<SkyflyError> => {
    const error = await found.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error instanceof SkyflyError) return error
    throw new Error(`no SkyflyError but ${String(error)}`)
  }

  itRuns('asks a Dragonfly for its version and its flags', async () => {
    const binary = await find({ engine: 'dragonfly', binary: fixture('stand-in-dragonfly.mjs') })
    expect(binary).toMatchObject({
      engine: 'dragonfly',
      path: fixture('stand-in-dragonfly.mjs'),
      version: '1.40.1',
    })
    expect(binary.flags?.size).toBe(231)
    expect(binary.flags?.has('df_snapshot_format')).toBe(true)
    expect(binary.flags?.has('log-level')).toBe(false)
  })

  itRuns('recognises a program that no --engine names, and asks it for its flags then', async () => {
    const binary = await find({ binary: fixture('stand-in-cli-dragonfly.mjs') })
    expect(binary.engine).toBe('dragonfly')
    expect([...(binary.flags ?? [])]).toContain('log-level')
  })

  itRuns('keeps the variables from it that would abort it', async () => {
    const given = env({ DFLY_PASSWORD: 'x', DFLY_port: 'abc' })
    expect((await find({ binary: fixture('stand-in-dragonfly.mjs') }, given)).version).toBe('1.40.1')
  })

  itRuns('prefers dragonfly to valkey to redis on PATH', async () => {
    says('redis-server', REDIS)
    expect(await find({})).toMatchObject({
      engine: 'redis',
      version: '7.0.15',
      path: join(folder, 'redis-server'),
      flags: undefined,
    })
    says('valkey-server', VALKEY)
    expect(await find({})).toMatchObject({ engine: 'valkey', version: '8.1.1' })
    symlinkSync(fixture('stand-in-dragonfly.mjs'), join(folder, 'dragonfly'))
    expect(await find({})).toMatchObject({ engine: 'dragonfly', version: '1.40.1' })
    expect(await find({ engine: 'redis' })).toMatchObject({ engine: 'redis' })
  })

  itRuns('passes over another program that happens to be called dragonfly', async () => {
    says('dragonfly', 'dragonfly, a tool to drag and drop files')
    says('redis-server', REDIS)
    expect(await find({})).toMatchObject({ engine: 'redis' })
  })

  itRuns('calls a Valkey that goes by the name of redis-server what it is', async () => {
    says('redis-server', VALKEY)
    expect(await find({})).toMatchObject({ engine: 'valkey', version: '8.1.1' })
  })

  itRuns('finds --binary by its bare name on PATH', async () => {
    const path = says('my-redis', REDIS)
    expect(await find({ binary: 'my-redis' })).toMatchObject({ engine: 'redis', path })
  })

  itRuns('takes an unknown program at the word of --engine', async () => {
    const path = says('my-own', 'who knows')
    expect(await find({ engine: 'redis', binary: path })).toEqual({
      engine: 'redis',
      path,
      version: undefined,
      flags: undefined,
    })
  })

  itRuns('runs nothing else than the version that was asked for, and says what to do', async () => {
    says('redis-server', REDIS)
    const error = await failure(find({ engineVersion: '98.0.0' }, { PATH: folder }))
    expect(error.code).toBe('no-engine')
    expect(error.message).toBe(
      'no dragonfly found: dragonfly 98.0.0 is not in the cache, and nothing is downloaded (--offline); there is no dragonfly, dragonfly-x86_64 or dragonfly-aarch64 on PATH',
    )
    expect(error.hint).toMatch(/skyfly install.*dragonfly on PATH.*--binary PATH/)
  })

  itRuns.each([
    ['dragonfly', /dragonfly on PATH.*--binary/],
    ['valkey', /valkey-server/],
    ['redis', /apt-get install redis-server/],
  ] as const)('tells how to get %s when that alone is missing', async (engine, hint) => {
    const error = await failure(find({ engine }, { PATH: folder }))
    expect(error.code).toBe('no-engine')
    expect(error.hint).toMatch(hint)
  })

  const refused: readonly [string, () => string, RegExp, RegExp][] = [
    [
      'that is missing',
      () => join(folder, 'nowhere'),
      /nowhere \(from --binary\) does not exist/,
      /correct the path/,
    ],
    ['that is a folder', () => folder, /\(from --binary\) is a folder/, /name the program in it/],
    [
      'that is not executable',
      () => put('plain', '#!/bin/sh\n', 0o644),
      /plain \(from --binary\) may not be executed/,
      /chmod \+x/,
    ],
    ['that is nowhere on PATH', () => 'nowhere', /no program nowhere \(from --binary\) on PATH/, /full path/],
    [
      'that does not say who it is',
      () => says('my-own', 'who knows'),
      /does not say which server it is/,
      /--engine dragonfly, valkey, redis, memurai or garnet$/,
    ],
  ]
  itRuns.each(refused)('refuses a --binary %s', async (_, binary, message, hint) => {
    const error = await failure(find({ binary: binary() }))
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(hint)
  })

  itRuns('refuses a program that is another engine than --engine says', async () => {
    const error = await failure(find({ engine: 'dragonfly', binary: says('x', REDIS) }))
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(/is redis 7\.0\.15, not dragonfly/)
    expect(error.hint).toMatch(/--engine redis/)
  })

  const elf = (machine: number) => {
    const head = Buffer.alloc(64)
    head.write('\x7fELF\x02\x01\x01', 'latin1')
    head.writeUInt16LE(machine, 18)
    return head
  }

  const unfit: readonly [string, () => string, RegExp][] = [
    [
      'for another processor',
      () => put('far', elf(process.arch === 'arm64' ? 62 : 183)),
      /is a program for (aarch64|x86_64), and this machine is/,
    ],
    ['for Windows', () => put('far', 'MZ and more of it, for a while'), /is a program for Windows/],
    [
      'for macOS',
      () => put('far', Buffer.from('cffaedfe0700000103000000020000001000000000', 'hex')),
      /is a program for macOS/,
    ],
    ['that is plain text', () => put('far', 'rm -rf everything\n'), /is not a program/],
    ['that is empty', () => put('far', ''), /is not a program/],
    [
      'whose interpreter is missing',
      () => put('far', '#!/nonexistent/interpreter\n'),
      /the loader or interpreter it asks for is not on this system/,
    ],
    [
      'whose C library is too new',
      () =>
        put(
          'far',
          `#!/bin/sh\necho "far: /lib/libc.so.6: version \\\`GLIBC_2.38' not found (required by far)" >&2\nexit 1\n`,
        ),
      /needs a newer C library than this system has: GLIBC_2\.38/,
    ],
    [
      'that dies of a missing instruction',
      () => put('far', '#!/bin/sh\nkill -ILL $$\n'),
      /was killed by SIGILL: this processor lacks/,
    ],
  ]
  itRuns.each(unfit)('does not run a program %s', async (_, binary, message) => {
    for (const engine of ['auto', 'dragonfly'] as const) {
      const error = await failure(find({ engine, binary: binary() }))
      expect(error.code).toBe('no-engine')
      expect(error.message).toMatch(message)
      expect(error.hint).toMatch(/--binary/)
    }
  })

  itRuns('tells why the only server on PATH cannot be used', async () => {
    put('dragonfly', elf(process.arch === 'arm64' ? 62 : 183))
    const error = await failure(find({ engine: 'dragonfly' }, { PATH: folder }))
    expect(error.code).toBe('no-engine')
    expect(error.message).toMatch(/dragonfly is a program for/)
    const { engine, instead } = await find({}, { PATH: folder })
    expect(engine).toBe('embedded')
    expect(instead).toMatch(/dragonfly 1\.40\.1 is not in the cache.*; .*dragonfly is a program for/)
  })

  itRuns('has an engine of its own for when there is nothing, which Node runs', async () => {
    expect(await find({}, { PATH: folder })).toMatchObject({
      engine: 'embedded',
      path: expect.stringMatching(/embedded.main\.js$/),
      interpreter: process.execPath,
      instead: 'dragonfly 1.40.1 is not in the cache, and nothing is downloaded (--offline)',
    })
    expect((await find({ engine: 'embedded' })).instead).toBeUndefined()
  })

  itRuns('looks on PATH for files that can be run, in order', () => {
    mkdirSync(join(folder, 'a'))
    mkdirSync(join(folder, 'b'))
    mkdirSync(join(folder, 'c'))
    mkdirSync(join(folder, 'a', 'x'))
    put('b/x', '', 0o644)
    put('c/x', '')
    const path = ['', join(folder, 'nowhere'), ...['a', 'b', 'c'].map(name => join(folder, name))].join(':')
    expect(onPath('x', { env: { PATH: path }, platform: 'linux' })).toBe(join(folder, 'c', 'x'))
    expect(onPath('x', { env: {}, platform: 'linux' })).toBeUndefined()
  })

  it('finds programs on Windows by their ending, whatever the case of PATH', () => {
    put('x.exe', '')
    expect(onPath('x', { env: { Path: folder }, platform: 'win32' })).toBe(join(folder, 'x.exe'))
    expect(onPath('x.exe', { env: { Path: `"${folder}"` }, platform: 'win32' })).toBe(join(folder, 'x.exe'))
  })

  it.each([
    [['Path', 'PATH'], 'PATH'],
    [['PATH', 'Path'], 'PATH'],
    [['path', 'Path'], 'Path'],
  ])('takes of %j what Node gives to a child on Windows: %s', (names, taken) => {
    put('x.exe', '')
    const env = Object.fromEntries(names.map(name => [name, name === taken ? folder : 'C:\\nowhere']))
    expect(onPath('x', { env, platform: 'win32' })).toBe(join(folder, 'x.exe'))
  })

  it('passes over scripts on the PATH of Windows, which only a shell can run', () => {
    put('x.cmd', '')
    put('x.bat', '')
    expect(onPath('x', { env: { Path: folder }, platform: 'win32' })).toBeUndefined()
    expect(onPath('x.cmd', { env: { Path: folder }, platform: 'win32' })).toBeUndefined()
  })

  it.each(['server.cmd', 'server.BAT', 'server.ps1'])(
    'refuses %s as --binary on Windows, and asks for the program',
    async name => {
      const config = { engine: 'auto', sources: { binary: '--binary' } } as const
      const given = explicitBinary(join(folder, name), config, { env: {}, platform: 'win32' })
      const { code, message, hint } = await failure(given)
      expect(code).toBe('usage')
      expect(message).toMatch(/\(from --binary\) is a script, which only a shell can run/)
      expect(hint).toBe('name the .exe that it starts')
    },
  )
})
