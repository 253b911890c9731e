// What each check does, which answers are right, and how long the median may take.
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { SkyflyError } from '../errors.js'
import { type Client, isErrorReply } from './client.js'

/** What the checks of one run share. */
export interface SmokeSession {
  /** Refuses new commands as soon as the run is interrupted. */
  readonly client: Client
  /** Opens another connection to the same server. */
  readonly connect: () => Promise<Client>
  readonly keys: SmokeKeys
}

/** All keys of a run. No other key is ever written or deleted. */
export interface SmokeKeys {
  readonly prefix: string
  readonly value: string
  readonly list: string
  readonly wake: string
}

interface Sample {
  readonly ms: number
  /** Something the reader of the row should know, although the answers were right. */
  readonly note?: string
}

interface Check {
  readonly name: string
  /** What the median may take. */
  readonly limitMs: number
  readonly sample: (session: SmokeSession) => Promise<Sample>
}

/** Names of the rows. */
export type CheckName = (typeof CHECKS)[number]['name'] | typeof CLEAN_UP.name

/** Measured over and over, in this order. */
export const CHECKS = [
  { name: 'CONNECT', limitMs: 10, sample: connects },
  { name: 'PING', limitMs: 5, sample: pings },
  { name: 'SET/GET', limitMs: 10, sample: setsAndGets },
  { name: 'LPUSH', limitMs: 8, sample: pushes },
  { name: 'BRPOP', limitMs: 15, sample: pops },
  { name: 'BRPOP WAKE', limitMs: 15, sample: wakes },
] as const satisfies readonly Check[]

/** Done once, at the end, whatever happened before. Two round trips, as SET/GET. */
export const CLEAN_UP = { name: 'CLEAN-UP', limitMs: 10, run: cleansUp } as const

/** Key names of a new run. The braces keep them in one slot of a cluster and under one lock of Dragonfly. */
export function newSmokeKeys(): SmokeKeys {
  const prefix = `skyfly:test:{${randomBytes(8).toString('hex')}}`
  return { prefix, value: `${prefix}:value`, list: `${prefix}:list`, wake: `${prefix}:wake` }
}

// A safety net: the keys of a run that is killed expire.
const KEY_TTL_S = 60
// Seconds the server may hold BRPOP. Whole: Redis before 6 takes no fractions.
const POP_TIMEOUT_S = 2
const JOBS = ['job1', 'job2', 'job3'] as const

// Until the first PONG, including name lookup, TLS, login and SELECT: only then can a program use the
// connection.
async function connects({ connect }: SmokeSession): Promise<Sample> {
  const [ms, client] = await timed(connect)
  client.close()
  return { ms }
}

async function pings({ client }: SmokeSession): Promise<Sample> {
  const [ms, answer] = await timed(() => client.call('PING'))
  expectAnswer('PING', answer, 'PONG')
  return { ms }
}

async function setsAndGets({ client, keys }: SmokeSession): Promise<Sample> {
  const value = newValue()
  const [ms, [set, got]] = await timed(async () => [
    await client.call('SET', keys.value, value, 'EX', KEY_TTL_S),
    await client.call('GET', keys.value),
  ])
  expectAnswer('SET', set, 'OK')
  expectAnswer('GET', got, value)
  return { ms }
}

async function pushes({ client, keys }: SmokeSession): Promise<Sample> {
  await client.call('DEL', keys.list)
  const [ms, [length]] = await timed(() => push(client, keys.list, JOBS))
  expectAnswer('LPUSH', length, 3)
  expectAnswer('LLEN', await client.call('LLEN', keys.list), 3)
  return { ms }
}

async function pops({ client, keys }: SmokeSession): Promise<Sample> {
  await client.call('DEL', keys.list)
  await push(client, keys.list, JOBS)
  const [ms, popped] = await timed(() => client.call('BRPOP', keys.list, POP_TIMEOUT_S))
  expectAnswer('BRPOP', popped, [keys.list, 'job1'])
  expectAnswer('LRANGE', await client.call('LRANGE', keys.list, 0, -1), ['job3', 'job2'])
  return { ms }
}

// From sending the push to the value's arrival at the connection that waits for it.
async function wakes({ client, connect, keys }: SmokeSession): Promise<Sample> {
  const value = newValue()
  await client.call('DEL', keys.wake)
  const waiter = await connect()
  try {
    const id = await quietly(waiter.call('CLIENT', 'ID'))
    const waiting = waiter
      .call('BRPOP', keys.wake, POP_TIMEOUT_S)
      .then(popped => ({ popped, at: performance.now() }))
    const pushing = pushWhenBlocked(client, id, keys.wake, value)
    // Wait for the push even if BRPOP has failed: a push after the clean-up would leave its key behind.
    const [woken, pushed] = await Promise.all([waiting, pushing]).finally(() => Promise.allSettled([pushing]))
    expectAnswer('BRPOP', woken.popped, [keys.wake, value])
    const note = 'the server does not tell whether BRPOP waited already when LPUSH was sent'
    return { ms: woken.at - pushed.at, ...(pushed.seen ? {} : { note }) }
  } finally {
    waiter.close()
  }
}

async function pushWhenBlocked(client: Client, id: unknown, key: string, value: string) {
  const seen = await seesBlocked(client, id)
  const at = performance.now()
  await push(client, key, [value])
  return { seen, at }
}

// A replica refuses DEL, but nothing could be written there either: all that counts is that no key is left.
async function cleansUp(client: Client, keys: SmokeKeys): Promise<void> {
  const names = [keys.value, keys.list, keys.wake]
  const refused = await client.call('DEL', ...names).then(
    () => undefined,
    (error: unknown) => error,
  )
  const left = await client.call('EXISTS', ...names)
  if (left !== 0 && refused !== undefined) throw refused
  expectAnswer('EXISTS', left, 0)
}

// Sent together with EXPIRE, so that a list can never be left behind for good.
async function push(client: Client, key: string, values: readonly string[]): Promise<readonly unknown[]> {
  return client.callTogether(['LPUSH', key, ...values], ['EXPIRE', key, KEY_TTL_S])
}

// Redis, Valkey and Dragonfly show a connection that is blocked with a b among its flags. BRPOP was written
// before the first of these questions, so a few round trips are plenty; the bound is for servers that do not
// show it at all.
const MAX_QUESTIONS = 200

async function seesBlocked(client: Client, id: unknown): Promise<boolean> {
  if (typeof id !== 'number') return false
  const ofClient = new RegExp(`^id=${id} .*$`, 'm')
  for (let questions = 0; questions < MAX_QUESTIONS; questions++) {
    // Redis before 6.2 knows no CLIENT LIST ID.
    const list =
      (await quietly(client.call('CLIENT', 'LIST', 'ID', id))) ??
      (await quietly(client.call('CLIENT', 'LIST')))
    if (typeof list !== 'string') return false
    if (/ flags=\S*b/.test(ofClient.exec(list)?.[0] ?? '')) return true
  }
  return false
}

// CLIENT can be unknown or forbidden; then the check goes on without it.
async function quietly(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (isErrorReply(error)) return undefined
    throw error
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [ms: number, result: T]> {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

// Different each time, so that a stale answer is not mistaken for the right one.
function newValue(): string {
  return `skyfly-${randomBytes(8).toString('hex')}`
}

function expectAnswer(command: string, got: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(got, wanted)) return
  throw new SkyflyError('check-failed', `${command} answered ${shown(got)} instead of ${shown(wanted)}`)
}

function shown(answer: unknown): string {
  const text = JSON.stringify(answer) ?? String(answer)
  return text.length <= 100 ? text : `${text.slice(0, 100)}...`
}
