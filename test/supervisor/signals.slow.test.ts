// Whatever signal another tool sends, to the server, its supervisor or both: what was acknowledged is there afterwards.
import { describe, expect, it } from 'vitest'
import { OWNER_SIGNALS } from '../../src/system/signals.js'
import { ENGINES, get, set } from '../cli/endurance.js'
import { fixture, Project } from '../project.js'
import { isLinux } from '../system.js'

const SERVERS = [
  ...ENGINES.map(engine => [engine, ['--engine', engine]] as const),
  ['dragonfly', ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.sh')]] as const,
]
const SIGNALS = [
  ...Object.keys(OWNER_SIGNALS),
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGPIPE',
  'SIGXFSZ',
] as NodeJS.Signals[]

// What is ignored is told by /proc.
describe.runIf(isLinux).each(SERVERS)('%s', (_, args) => {
  it.each(
    SIGNALS.flatMap(signal =>
      (['server', 'supervisor', 'both'] as const).map(target => [signal, target] as const),
    ),
  )('keeps its data when %s is sent to the %s', async (signal, target) => {
    await using project = new Project()
    const status = await project.start(...args)
    await set(status, 'key', 'kept')
    for (const pid of target === 'both'
      ? [status.pid, status.supervisorPid]
      : [target === 'server' ? status.pid : status.supervisorPid])
      process.kill(pid ?? 0, signal)
    await project.skyfly('stop')
    expect(await get(await project.start(...args), 'key')).toBe('kept')
  })
})
