import { describe, expect, it } from 'vitest'
import { step } from '../../../src/supervisor/run/lifecycle.js'
import {
  type Effect,
  type Event,
  type LifecycleState,
  NOT_STARTED,
} from '../../../src/supervisor/run/lifecycle-state.js'
import { type Policy, STANDARD_POLICY } from '../../../src/supervisor/run/restart-policy.js'

const POLICY: Policy = {
  ...STANDARD_POLICY,
  restart: 'on-failure',
  startTimeoutMs: 30_000,
  stopTimeoutMs: 10_000,
}

const exit = (child: number, at: number, more: Partial<Extract<Event, { type: 'exit' }>> = {}): Event => ({
  type: 'exit',
  child,
  at,
  clean: false,
  mayRetryPort: false,
  jitter: 0.5,
  ...more,
})

/** Plays events from birth, and returns the last state with all effects in order. */
function play(
  events: readonly Event[],
  policy: Policy = POLICY,
): { current: LifecycleState; effects: Effect[] } {
  let current = NOT_STARTED
  const effects: Effect[] = []
  for (const event of events) {
    const [next, ...more] = step(current, event, policy)
    current = next
    effects.push(...more)
  }
  return { current, effects }
}

const start: Event = { type: 'start' }
const ready = (child: number, at: number): Event => ({ type: 'ready', child, at })
const stop: Event = { type: 'stop' }
const timeout = (at = 0): Event => ({ type: 'timeout', at })

describe('one run', () => {
  const rows: readonly {
    title: string
    events: readonly Event[]
    state: LifecycleState['state']
    last: readonly Effect[]
    policy?: Policy
  }[] = [
    {
      title: 'starts, gets ready, is asked to stop and ends',
      events: [start, ready(1, 10), stop, exit(1, 20, { clean: true })],
      state: 'stopped',
      last: [{ do: 'ask' }, { do: 'arm', ms: 10_000 }, { do: 'disarm' }],
    },
    {
      title: 'fails at once when the first start fails',
      events: [start, exit(1, 5)],
      state: 'failed',
      last: [{ do: 'disarm' }],
    },
    {
      title: 'tries the first start again when only the port was lost',
      events: [start, exit(1, 5, { mayRetryPort: true }), timeout()],
      state: 'starting',
      last: [
        { do: 'arm', ms: 5 },
        { do: 'spawn', child: 2 },
        { do: 'arm', ms: 30_000 },
      ],
    },
    {
      title: 'starts again at once after the first crash',
      events: [start, ready(1, 10), exit(1, 20)],
      state: 'starting',
      last: [{ do: 'disarm' }, { do: 'spawn', child: 2 }, { do: 'arm', ms: 30_000 }],
    },
    {
      title: 'pauses before the second restart in a row',
      events: [start, ready(1, 10), exit(1, 20), ready(2, 30), exit(2, 40)],
      state: 'backoff',
      last: [{ do: 'disarm' }, { do: 'arm', ms: 375 }],
    },
    {
      title: 'forgives a server that stayed up for ten seconds',
      events: [start, ready(1, 10), exit(1, 20), ready(2, 30), exit(2, 10_030)],
      state: 'starting',
      last: [{ do: 'disarm' }, { do: 'spawn', child: 3 }, { do: 'arm', ms: 30_000 }],
    },
    {
      title: 'leaves a clean exit alone under on-failure',
      events: [start, ready(1, 10), exit(1, 20, { clean: true })],
      state: 'stopped',
      last: [{ do: 'disarm' }],
    },
    {
      title: 'starts a clean exit again under always',
      events: [start, ready(1, 10), exit(1, 20, { clean: true })],
      state: 'starting',
      last: [
        { do: 'spawn', child: 2 },
        { do: 'arm', ms: 30_000 },
      ],
      policy: { ...POLICY, restart: 'always' },
    },
    {
      title: 'fails on a crash under no',
      events: [start, ready(1, 10), exit(1, 20)],
      state: 'failed',
      last: [{ do: 'disarm' }],
      policy: { ...POLICY, restart: 'no' },
    },
    {
      title: 'stops, and then kills, a server that is not ready in time',
      events: [start, timeout(), timeout(), exit(1, 9)],
      state: 'failed',
      last: [
        { do: 'ask' },
        { do: 'arm', ms: 10_000 },
        { do: 'kill' },
        { do: 'arm', ms: 5_000 },
        { do: 'disarm' },
      ],
    },
    {
      title: 'starts the clock of the start again while the server loads',
      events: [start, { type: 'progress', child: 1 }],
      state: 'starting',
      last: [{ do: 'arm', ms: 30_000 }],
    },
    {
      title: 'starts the clock of the stop again while the server saves',
      events: [start, ready(1, 1), stop, { type: 'progress', child: 1 }],
      state: 'stopping',
      last: [{ do: 'ask' }, { do: 'arm', ms: 10_000 }, { do: 'arm', ms: 10_000 }],
    },
    {
      title: 'runs on when the server refuses to stop because it cannot save',
      events: [start, ready(1, 1), stop, { type: 'refused', child: 1 }],
      state: 'running',
      last: [{ do: 'disarm' }],
    },
    {
      title: 'kills at once when told so, even while the server saves',
      events: [start, ready(1, 1), stop, { type: 'progress', child: 1 }, { type: 'kill' }, exit(1, 5)],
      state: 'stopped',
      last: [{ do: 'kill' }, { do: 'arm', ms: 5_000 }, { do: 'disarm' }],
    },
    {
      title: 'asks an unhealthy server to stop, and starts it again',
      events: [start, ready(1, 1), { type: 'unhealthy', child: 1 }, exit(1, 5)],
      state: 'starting',
      last: [
        { do: 'spawn', child: 2 },
        { do: 'arm', ms: 30_000 },
      ],
    },
    {
      title: 'stops for good when that is asked during an unhealthy stop',
      events: [start, ready(1, 1), { type: 'unhealthy', child: 1 }, stop, exit(1, 5)],
      state: 'stopped',
      last: [{ do: 'disarm' }],
    },
    {
      title: 'ends a pause at once when it is stopped',
      events: [start, ready(1, 1), exit(1, 2), exit(2, 3), stop],
      state: 'stopped',
      last: [{ do: 'disarm' }],
    },
    {
      title: 'gives up on a process that survives its kill',
      events: [start, ready(1, 1), { type: 'kill' }, timeout()],
      state: 'failed',
      last: [{ do: 'kill' }, { do: 'arm', ms: 5_000 }],
    },
    {
      title: 'drops what an older child does',
      events: [start, ready(1, 1), exit(1, 2), exit(1, 3), ready(1, 4)],
      state: 'starting',
      last: [],
    },
  ]
  it.each(rows)('$title', ({ events, state, last, policy }) => {
    const { current, effects } = play(events, policy)
    expect(current.state).toBe(state)
    expect(effects.slice(effects.length - last.length)).toEqual(last)
  })

  it('ends in a crash loop after more than five failures within a minute', () => {
    const events: Event[] = [start, ready(1, 0)]
    for (let child = 1; child <= 6; child += 1) {
      events.push(exit(child, child * 1_000), timeout(), ready(child + 1, child * 1_000 + 1))
    }
    const { current } = play(events)
    expect(current).toMatchObject({ state: 'failed', failure: 'crash-loop', restarts: 5 })
  })
})

describe('a random walk', () => {
  it('keeps the promises of the table through many thousands of runs', () => {
    const seed = Number(process.env.SKYFLY_SEED ?? Date.now() % 2 ** 31)
    const random = generator(seed)
    for (let walk = 0; walk < 20_000; walk += 1) live(random, `seed ${seed}, run ${walk}`)
  })
})

/** One run in a small world that has at most one process and one timer, and does at each turn something it could do. */
function live(random: () => number, where: string): void {
  const restart = (['no', 'on-failure', 'always'] as const)[Math.floor(random() * 3)] ?? 'no'
  const policy = { ...POLICY, restart }
  let current = NOT_STARTED
  let now = 0
  let alive: number | undefined
  let timer: number | undefined
  let wasKilled = false
  const feed = (event: Event) => {
    const [next, ...effects] = step(current, event, policy)
    current = next
    for (const effect of effects) {
      if (effect.do === 'spawn') {
        expect(alive, `two children: ${where}`).toBeUndefined()
        alive = effect.child
        wasKilled = false
      }
      if (effect.do === 'kill' || effect.do === 'ask')
        expect(alive, `${effect.do} without a child: ${where}`).toBeDefined()
      if (effect.do === 'ask') expect(wasKilled, `asked after a kill: ${where}`).toBe(false)
      if (effect.do === 'kill') wasKilled = true
      if (effect.do === 'arm') timer = now + effect.ms
      if (effect.do === 'disarm') timer = undefined
    }
  }
  const die = (clean: boolean, mayRetryPort = false) => {
    const child = alive ?? 0
    alive = undefined
    feed({ type: 'exit', child, at: now, clean, mayRetryPort, jitter: random() })
  }
  feed(start)
  for (let turn = 0; turn < 200 && current.state !== 'stopped' && current.state !== 'failed'; turn += 1) {
    now += Math.floor(random() * 5_000)
    const chance = random()
    if (alive !== undefined && wasKilled && chance < 0.5) die(false)
    else if (alive !== undefined && chance < 0.15) die(random() < 0.3, random() < 0.3)
    else if (alive !== undefined && chance < 0.4) feed(ready(alive, now))
    else if (alive !== undefined && chance < 0.5) feed({ type: 'progress', child: alive })
    else if (alive !== undefined && chance < 0.55 && current.state === 'running')
      feed({ type: 'unhealthy', child: alive })
    else if (alive !== undefined && chance < 0.58) feed({ type: 'refused', child: alive })
    else if (chance < 0.6) feed(exit(Math.floor(random() * current.child), now))
    else if (timer !== undefined && chance < 0.9) {
      now = Math.max(now, timer)
      timer = undefined
      feed(timeout(now))
    } else if (turn > 20 && chance < 0.95) feed(stop)
    else if (turn > 20) feed({ type: 'kill' })
    // In every state but running, either a timer is set or the run is over: nothing waits for ever.
    if (!['running', 'stopped', 'failed'].includes(current.state))
      expect(timer, `waits for nothing in ${current.state}: ${where}`).toBeDefined()
  }
  feed(stop)
  for (let turn = 0; turn < 10 && current.state !== 'stopped' && current.state !== 'failed'; turn += 1) {
    now = Math.max(now, timer ?? now)
    timer = undefined
    feed(timeout(now))
    if (alive !== undefined && wasKilled) die(false)
  }
  expect(['stopped', 'failed'], `never ends: ${where}`).toContain(current.state)
  if (current.failure !== 'unkillable') expect(alive, `a child is left: ${where}`).toBeUndefined()
}

/** A small generator with a seed, so that a failed walk can be walked again (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
