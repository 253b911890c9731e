// Each signal that another program may send, and what it may cost: nothing, or what was not saved.
import type { Status } from '../../src/supervisor/status.js'
import type { Random } from './random.js'
import type { Subject } from './subject.js'

/** `graceful`: nothing acknowledged is lost. `hard`: no program can do anything about it, so what was saved is kept. */
const SIGNALS = {
  SIGTERM: 'graceful',
  SIGINT: 'graceful',
  SIGHUP: 'graceful',
  SIGUSR1: 'graceful',
  SIGUSR2: 'graceful',
  SIGALRM: 'graceful',
  SIGQUIT: 'graceful',
  SIGABRT: 'hard',
  SIGKILL: 'hard',
} as const satisfies Partial<Record<NodeJS.Signals, 'graceful' | 'hard'>>
type SignalName = keyof typeof SIGNALS

/** Whom it is sent to, in order. */
const TARGETS = {
  server: ({ pid }: Status) => [pid],
  supervisor: ({ supervisorPid }: Status) => [supervisorPid],
  'server, supervisor': ({ pid, supervisorPid }: Status) => [pid, supervisorPid],
  'supervisor, server': ({ pid, supervisorPid }: Status) => [supervisorPid, pid],
} as const satisfies Record<string, (status: Status) => readonly (number | null)[]>
type TargetName = keyof typeof TARGETS

const STATES = ['running', 'starting', 'stopping'] as const
type StateName = (typeof STATES)[number]

export interface SignalTrial {
  readonly signal: SignalName
  readonly target: TargetName
  readonly state: StateName
}

export function pickSignalTrial(random: Random): SignalTrial {
  return {
    signal: random.pick(Object.keys(SIGNALS) as SignalName[]),
    target: random.pick(Object.keys(TARGETS) as TargetName[]),
    state: random.pick(STATES),
  }
}

/** @returns how many of the keys have to be there afterwards */
export async function sendSignal(
  subject: Subject,
  { signal, target, state }: SignalTrial,
  random: Random,
): Promise<number> {
  const status = await subject.start()
  const saved = await subject.write(status, 3)
  await subject.save(status)
  const acknowledged = await subject.write(status, 3)
  const isHard = SIGNALS[signal] === 'hard'
  if (state === 'running') {
    send(TARGETS[target](status), signal)
    return settled(subject, isHard ? saved : acknowledged)
  }
  // A graceful stop, and in its middle, or in the middle of the start after it, the signal.
  const stopping = subject.project.skyfly('stop')
  if (state === 'stopping') {
    await pauseUpTo(random, 120)
    send(TARGETS[target](status), signal)
    await stopping
    return settled(subject, isHard ? saved : acknowledged)
  }
  await stopping
  const starting = subject.project.skyfly('start', '--detach', ...subject.args)
  const next = await subject.waitFor(({ pid }) => pid !== null, 5_000)
  if (next !== undefined) send(TARGETS[target](next), signal)
  await starting
  // All was saved by the stop.
  return settled(subject, acknowledged)
}

/** Until it either runs or is gone, so that what follows is not the fault itself. */
async function settled(subject: Subject, promised: number): Promise<number> {
  await subject.waitFor(({ state }) => state === 'running', 2_000)
  return promised
}

function send(pids: readonly (number | null)[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      if (pid !== null) process.kill(pid, signal)
    } catch {
      // The one before took it along.
    }
  }
}

export const pauseUpTo = (random: Random, ms: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, random.next() * ms))
