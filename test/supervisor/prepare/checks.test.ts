import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Config } from '../../../src/config/config.js'
import { loadConfig } from '../../../src/config/resolve.js'
import type { Flags } from '../../../src/config/settings.js'
import type { Binary } from '../../../src/engines/engine.js'
import type { Finding } from '../../../src/errors.js'
import {
  assertMachineFit,
  assertProgramFit,
  MACHINE_CHECKS,
  PROGRAM_CHECKS,
} from '../../../src/supervisor/prepare/checks.js'

const REDIS: Binary = { engine: 'redis', path: '/usr/bin/redis-server', version: '7.0.15', flags: undefined }

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'skyfly-checks-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const configOf = (flags: Flags, serverArgs: readonly string[] = []): Config =>
  loadConfig({ flags: { port: 'auto', ...flags }, serverArgs, cwd: folder(), env: {} })

async function takenPort(): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What each check finds wrong with a config, by its name. */
async function findings(config: Config): Promise<Readonly<Record<string, Finding>>> {
  const found: Record<string, Finding> = {}
  const note = (name: string, finding: Finding | undefined) => {
    if (finding !== undefined) found[name] = finding
  }
  for (const { name, find } of MACHINE_CHECKS) note(name, await find(config))
  for (const { name, find } of PROGRAM_CHECKS) note(name, find(config, { binary: REDIS, dir: config.dir }))
  return found
}

/** A data folder with a snapshot in it that only Dragonfly reads. */
function foreignData(): string {
  const dir = join(folder(), 'data')
  mkdirSync(dir)
  writeFileSync(join(dir, 'dump-summary.dfs'), 'data')
  return dir
}

describe('what is checked before a start', () => {
  it('finds nothing where all is well', async () => {
    expect(await findings(configOf({}))).toEqual({})
  })

  const rows: readonly {
    check: string
    code: string
    what: string
    config: () => Config | Promise<Config>
  }[] = [
    {
      check: 'port',
      code: 'start-failed',
      what: 'is taken by',
      config: async () => configOf({ port: await takenPort() }),
    },
    {
      check: 'port',
      code: 'usage',
      what: 'cannot listen on 192.0.2.1',
      config: () => configOf({ host: '192.0.2.1' }, ['--requirepass', 'secret']),
    },
    {
      check: 'data folder',
      code: 'start-failed',
      what: 'a file is in its place',
      config: () => {
        const file = join(folder(), 'file')
        writeFileSync(file, '')
        return configOf({ dir: file })
      },
    },
    {
      check: 'snapshot',
      code: 'start-failed',
      what: "it is in Dragonfly's own format",
      config: () => configOf({ dir: foreignData() }),
    },
    {
      check: 'settings',
      code: 'usage',
      what: '--port',
      config: () => configOf({}, ['--port', '1']),
    },
  ]
  it.each(rows)(
    'finds $what ($check), says why it matters and what to do',
    async ({ check, code, what, config }) => {
      const found = (await findings(await config()))[check]
      expect(found).toMatchObject({ code, what: expect.stringContaining(what) })
      expect(found?.why).not.toBe('')
      expect(found?.hint).toBeTruthy()
    },
  )

  it('finds a server that would refuse every client, skyfly among them', async () => {
    const found = await findings(configOf({ host: '192.0.2.1' }))
    expect(found.clients).toMatchObject({ code: 'usage', what: expect.stringContaining('every client') })
  })

  it('ends a start with the first that is found', async () => {
    const port = await takenPort()
    const config = configOf({ port, dir: foreignData() })
    await expect(assertMachineFit(config)).rejects.toThrow(`port ${port} is taken`)
    expect(() => assertProgramFit(config, { binary: REDIS, dir: config.dir })).toThrow('would not load')
  })

  it('leaves out on a restart what the running server itself is in the way of', async () => {
    const config = configOf({ port: await takenPort(), dir: foreignData() })
    await assertMachineFit(config, config)
    assertProgramFit(config, { binary: REDIS, dir: config.dir }, config)
    const elsewhere = configOf({})
    await expect(assertMachineFit(config, elsewhere)).rejects.toThrow('is taken')
    expect(() => assertProgramFit(config, { binary: REDIS, dir: config.dir }, elsewhere)).toThrow(
      'would not load',
    )
  })
})
