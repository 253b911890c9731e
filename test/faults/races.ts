// Commands that meet each other: whatever comes of them, each answers, and one instance, or none, is what is left.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Ran } from '../project.js'
import type { Random } from './random.js'
import { pauseUpTo } from './signals.js'
import type { Subject } from './subject.js'

type Race = (subject: Subject, random: Random) => Promise<number>

export const RACES = {
  'stop while it starts': async (subject, random) => {
    const starting = subject.project.skyfly('start', '--detach', '--json', ...subject.args)
    await pauseUpTo(random, 400)
    const stopped = await subject.project.skyfly('stop')
    const started = await starting
    told(subject, 'stop', stopped, [0])
    // Either it came first, or it is told that it was stopped.
    told(subject, 'start', started, [0, 6])
    return 0
  },
  'three stops at once': async subject => {
    const status = await subject.start()
    const keys = await subject.write(status, 3)
    const stops = await Promise.all([1, 2, 3].map(() => subject.project.skyfly('stop')))
    for (const stopped of stops) told(subject, 'stop', stopped, [0])
    return keys
  },
  'four starts at once': async subject => {
    const starts = await Promise.all(
      [1, 2, 3, 4].map(() => subject.project.skyfly('start', '--detach', '--json', ...subject.args)),
    )
    for (const started of starts) told(subject, 'start', started, [0])
    return 0
  },
  'data/ removed while it runs': async (subject, random) => {
    const status = await subject.start()
    await subject.write(status, 3)
    // As `git clean -fdx` does.
    rmSync(join(subject.project.dir, 'data'), { recursive: true })
    await pauseUpTo(random, 1_500)
    const { state } = await subject.status()
    if (state !== 'running') subject.violations.push(`status says ${state} of what runs`)
    const stopped = await subject.project.skyfly('stop')
    // A redis works in the folder that is gone, cannot save, and says what can still be done.
    told(subject, 'stop', stopped, [0, 8])
    if (stopped.exitCode === 8 && !stopped.stderr.includes('was removed while it runs'))
      subject.violations.push(`stop does not name the cause: ${stopped.stderr}`)
    if (stopped.exitCode === 0) return subject.write(await subject.start(), 0)
    told(subject, 'stop --force', await subject.project.skyfly('stop', '--force'), [0])
    return 0
  },
  'the socket and the state file removed': async (subject, random) => {
    const status = await subject.start()
    const keys = await subject.write(status, 3)
    for (const file of ['dragonfly.sock', 'dragonfly.json', 'dragonfly.pid'])
      rmSync(join(subject.project.dir, 'data', file), { force: true })
    await pauseUpTo(random, 300)
    const { state } = await subject.status()
    if (state !== 'running') subject.violations.push(`status says ${state} of what runs`)
    if (random.next() < 0.5) killHard(status.supervisorPid ?? 0)
    told(subject, 'stop', await subject.project.skyfly('stop'), [0])
    return keys
  },
  'restart against stop': async subject => {
    const status = await subject.start()
    const keys = await subject.write(status, 3)
    // With its settings, since it starts what the stop has ended with those of the project.
    const [restarted, stopped] = await Promise.all([
      subject.project.skyfly('restart', ...subject.args),
      subject.project.skyfly('stop'),
    ])
    told(subject, 'restart', restarted, [0, 6])
    told(subject, 'stop', stopped, [0])
    return keys
  },
  'status around an end': async (subject, random) => {
    const status = await subject.start()
    const keys = await subject.write(status, 3)
    const stopping = subject.project.skyfly('stop')
    await pauseUpTo(random, 150)
    await subject.status()
    told(subject, 'stop', await stopping, [0])
    return keys
  },
  'the supervisor dies while it spawns the server': async (subject, random) => {
    const starting = subject.project.spawn(['start', '--detach', ...subject.args])
    const supervisor = await until(() => subject.processes().find(({ words }) => words === 'skyfly'))
    await pauseUpTo(random, 80)
    if (supervisor !== undefined) killHard(supervisor.pid)
    await starting
    return 0
  },
} as const satisfies Record<string, Race>
export type RaceName = keyof typeof RACES

function told(subject: Subject, what: string, { exitCode, stderr }: Ran, codes: readonly number[]): void {
  if (codes.includes(exitCode) && !/bug in skyfly/.test(stderr)) return
  subject.violations.push(`${what} ended with ${exitCode}: ${stderr}`)
}

/** The first answer that is there; undefined: there was none within two seconds. */
async function until<T>(find: () => T | undefined): Promise<T | undefined> {
  const deadline = performance.now() + 2_000
  while (performance.now() < deadline) {
    const found = find()
    if (found !== undefined) return found
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  return undefined
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
