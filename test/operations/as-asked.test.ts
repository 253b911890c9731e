import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/config/resolve.js'
import type { Flags } from '../../src/config/settings.js'
import { size } from '../../src/engines/dragonfly/sizing.js'
import type { SkyflyError } from '../../src/errors.js'
import { assertAsAsked } from '../../src/operations/as-asked.js'
import { neverStarted, type Status } from '../../src/supervisor/status.js'
import { resources } from '../../src/system/resources.js'

const config = (flags: Flags, serverArgs: readonly string[] = []) =>
  resolve({
    root: '/project',
    project: { top: {}, instances: new Map() },
    dotenv: {},
    env: {},
    flags,
    serverArgs,
    cwd: '/project',
    home: '/home/ann',
    host: { platform: 'linux', uid: 1000 } as never,
  })

const status = (owned: ReturnType<typeof config>): Status => ({
  ...neverStarted(owned),
  state: 'running',
  pid: 4711,
  port: 6379,
  engine: 'redis',
  version: '7.0.15',
  binary: '/usr/bin/redis-server',
})

async function complaint(
  owned: { flags: Flags; args?: readonly string[] },
  asked: { flags: Flags; args?: readonly string[] },
): Promise<SkyflyError | undefined> {
  const runs = config(owned.flags, owned.args)
  try {
    await assertAsAsked(config(asked.flags, asked.args), runs, status(runs))
    return undefined
  } catch (error) {
    return error as SkyflyError
  }
}

const rows: readonly {
  title: string
  owned?: Flags
  ownedArgs?: readonly string[]
  asked: Flags
  args?: readonly string[]
  says: string
  hint: string
}[] = [
  {
    title: 'memory that the engine chose',
    asked: { maxmemory: '1gb' },
    says: 'maxmemory as the engine chose it, not 1gb',
    hint: 'skyfly restart --maxmemory 1gb',
  },
  {
    title: 'other memory than was asked for at its start',
    owned: { maxmemory: '1536mb' },
    asked: { maxmemory: '1gb' },
    says: 'maxmemory 1536mb, not 1gb',
    hint: 'skyfly restart --maxmemory 1gb',
  },
  {
    title: 'the level of its log',
    asked: { logLevel: 'debug' },
    says: 'log-level info, not debug',
    hint: 'skyfly restart --log-level debug',
  },
  {
    title: 'when it is started again',
    asked: { restart: 'no' },
    says: 'restart on-failure, not no',
    hint: '--restart no',
  },
  {
    title: 'the time that it has to stop in',
    asked: { stopTimeoutMs: '90s' },
    says: 'stop-timeout 10s, not 90s',
    hint: 'skyfly restart --stop-timeout 90s',
  },
  {
    title: 'how its log is written and kept',
    asked: { logFormat: 'text', logMaxBytes: '1mb', logMaxFiles: 9 },
    says: 'log-format json, not text; log-max-size 10mb, not 1mb; log-max-files 5, not 9',
    hint: 'skyfly restart --log-format text --log-max-size 1mb --log-max-files 9',
  },
  {
    title: 'the format of its snapshots, and its address',
    asked: { snapshotFormat: 'dfs', port: 7000 },
    says: 'port 6379, not 7000; snapshot-format rdb, not dfs',
    hint: 'skyfly restart --port 7000 --snapshot-format dfs',
  },
  {
    title: 'that it is to keep its data, which no flag of a restart says',
    owned: { ephemeral: true },
    asked: { ephemeral: false },
    says: 'ephemeral true, not false',
    hint: 'skyfly stop, then start it again',
  },
  {
    title: 'its own arguments, of which none is shown',
    ownedArgs: ['--requirepass', 'hush'],
    asked: {},
    args: ['--requirepass', 'secret'],
    says: 'but with other arguments after --',
    hint: 'skyfly restart -- ARGUMENTS',
  },
]

describe('a start of what runs already says what differs:', () => {
  it.each(rows)('$title', async ({ owned = {}, ownedArgs, asked, args, says, hint }) => {
    const error = await complaint(
      { flags: owned, ...(ownedArgs && { args: ownedArgs }) },
      { flags: asked, ...(args && { args }) },
    )
    expect(error).toMatchObject({ code: 'start-failed' })
    expect(error?.message).toContain(says)
    expect(error?.hint).toContain(hint)
    expect(`${error?.message} ${error?.hint}`).not.toMatch(/hush|secret/)
  })
})

const content: readonly { title: string; owned?: Flags; asked: Flags }[] = [
  { title: 'what was not asked for', owned: { maxmemory: '1gb', logLevel: 'debug' }, asked: {} },
  {
    title: 'any port, any engine, the newest version',
    asked: { port: 'auto', engine: 'auto', engineVersion: 'latest' },
  },
  {
    title: 'how a program would be fetched',
    asked: { offline: true, cacheDir: '/cache', downloadTimeoutMs: '1s' },
  },
  { title: 'a program to look for on PATH', asked: { binary: 'redis-server' } },
  { title: 'the same in other words', owned: { maxmemory: '1024mb' }, asked: { maxmemory: '1gb' } },
]

describe('a start of what runs already is content with', () => {
  it.each(content)('$title', async ({ owned = {}, asked }) => {
    expect(await complaint({ flags: owned }, { flags: asked })).toBeUndefined()
  })
})

describe('threads of a Dragonfly that nobody asked for', () => {
  const owned = config({})
  const running: Status = { ...status(owned), engine: 'dragonfly', version: '1.40.1' }
  const { threads } = size(resources(), {})

  it('are what is asked for when the sizing chose as many', async () => {
    await assertAsAsked(config({ threads }), owned, running)
  })

  it('differ when it chose others', async () => {
    await expect(assertAsAsked(config({ threads: threads + 1 }), owned, running)).rejects.toThrow(
      `threads as the engine chose it, not ${threads + 1}`,
    )
  })
})
