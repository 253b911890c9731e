// Runs the smoke check against a URL and judges the result. The checks themselves are in checks.ts.

import { SkyflyError } from '../errors.js'
import { CHECKS, CLEAN_UP, newSmokeKeys, type SmokeKeys, type SmokeSession } from './checks.js'
import { type Client, connect, isErrorReply } from './client.js'
import { parseRedisUrl } from './redis-url.js'
import { judgeRow, roundToMicroseconds, type SmokeRow } from './row.js'

export interface SmokeRequest {
  /** redis:// or rediss://, with user, password and database where needed. */
  readonly url: string
  /** Measurements of each check. @default 20 */
  readonly samples?: number
  /** A check that is too slow fails the run. @default false */
  readonly strict?: boolean
  /** Limit for connecting and for each answer. @default 5000 */
  readonly timeoutMs?: number
  /** Ends the run early; what it wrote is removed all the same. */
  readonly signal?: AbortSignal
}

export interface SmokeResult {
  /** The URL without its password. */
  readonly url: string
  /** `HOST:PORT`. */
  readonly address: string
  /** dragonfly, valkey or redis; null where the server does not tell. */
  readonly engine: string | null
  /** Plain number, such as `1.40.1`. */
  readonly version: string | null
  readonly startedAt: string
  readonly durationMs: number
  readonly strict: boolean
  /** Nothing failed or was skipped; with `strict` nothing was slow either. */
  readonly ok: boolean
  readonly rows: readonly SmokeRow[]
}

/**
 * Checks a server with keys of its own, which are gone afterwards; no other key is touched.
 *
 * Throws SkyflyError where the first connection fails (`not-running`, or `usage` where the URL is to blame).
 * Later failures are rows of the result: what follows a failed check is skipped, but for the clean-up.
 *
 * @example
 * const { ok } = await smokeTest({ url: 'redis://127.0.0.1:6379' })
 */
export async function smokeTest(request: SmokeRequest): Promise<SmokeResult> {
  const { samples = 20, strict = false, timeoutMs = 5000, signal } = request
  if (!Number.isInteger(samples) || samples < 1)
    throw new SkyflyError('usage', `samples must be a whole number from 1 on, not ${samples}`)
  const target = parseRedisUrl(request.url)
  const startedAt = new Date()
  const start = performance.now()
  const client = await connect(target, { timeoutMs, signal })
  const done = new AbortController()
  try {
    const keys = newSmokeKeys()
    const interrupted = interruption(signal, done.signal)
    const session: SmokeSession = {
      client: interruptible(client, signal, interrupted),
      connect: async () => interruptible(await connect(target, { timeoutMs, signal }), signal, interrupted),
      keys,
    }
    const server = await identify(session.client)
    const rows: SmokeRow[] = []
    try {
      for (const check of CHECKS) {
        const failed = rows.find(({ verdict }) => verdict === 'failed')
        const reason = signal?.aborted ? 'interrupted' : failed && `${failed.name} failed`
        rows.push(
          reason === undefined ? await measure(check, session, samples, signal) : skipped(check, reason),
        )
      }
    } finally {
      rows.push(await cleanUp(client, () => connect(target, { timeoutMs }), keys))
    }
    const passes = ({ verdict }: SmokeRow) => verdict === 'ok' || (verdict === 'slow' && !strict)
    return {
      url: target.shownUrl,
      address: target.address,
      ...server,
      startedAt: startedAt.toISOString(),
      durationMs: roundToMicroseconds(performance.now() - start),
      strict,
      ok: rows.every(passes),
      rows,
    }
  } finally {
    done.abort()
    client.close()
  }
}

type Check = (typeof CHECKS)[number]

async function measure(
  { name, limitMs, sample }: Check,
  session: SmokeSession,
  samples: number,
  signal: AbortSignal | undefined,
): Promise<SmokeRow> {
  const start = performance.now()
  const times: number[] = []
  const row = (end: Partial<Pick<SmokeRow, 'verdict' | 'detail'>>) =>
    judgeRow(name, times, limitMs, performance.now() - start, end)
  let note: string | undefined
  try {
    await sample(session)
    while (times.length < samples) {
      const taken = await sample(session)
      times.push(taken.ms)
      note ??= taken.note
    }
    return row(note === undefined ? {} : { detail: note })
  } catch (error) {
    if (signal?.aborted) return row({ verdict: 'skipped', detail: 'interrupted' })
    return row({ verdict: 'failed', detail: reasonOf(error) })
  }
}

// Uses the connection of the checks, so that it comes after whatever they have sent, or a new one if that is
// lost.
async function cleanUp(client: Client, reconnect: () => Promise<Client>, keys: SmokeKeys): Promise<SmokeRow> {
  const { name, limitMs, run } = CLEAN_UP
  const start = performance.now()
  const took = () => performance.now() - start
  try {
    await run(client, keys).catch(async (error: unknown) => {
      if (!(error instanceof SkyflyError) || error.code !== 'not-running') throw error
      const fresh = await reconnect()
      await run(fresh, keys).finally(fresh.close)
    })
    return judgeRow(name, [took()], limitMs, took())
  } catch (error) {
    const detail = `${reasonOf(error)}; keys under ${keys.prefix} expire within a minute`
    return judgeRow(name, [], limitMs, took(), { verdict: 'failed', detail })
  }
}

function skipped({ name, limitMs }: Check, detail: string): SmokeRow {
  return judgeRow(name, [], limitMs, 0, { verdict: 'skipped', detail })
}

// Any other error is a bug of ours and says nothing about the server.
function reasonOf(error: unknown): string {
  if (error instanceof SkyflyError) return error.message
  if (!isErrorReply(error)) throw error
  return error.command === undefined ? error.message : `${error.command.name.toUpperCase()}: ${error.message}`
}

// Rejects when the signal is aborted; `end` removes the listener.
function interruption(signal: AbortSignal | undefined, end: AbortSignal): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: end })
  })
  interrupted.catch(() => {}) // there may be nobody waiting for it
  return interrupted
}

// After an interruption nothing is awaited or sent any more, except by the clean-up, which uses the
// connection itself.
function interruptible(client: Client, signal: AbortSignal | undefined, interrupted: Promise<never>): Client {
  const unless = async <T>(ask: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted()
    return Promise.race([ask(), interrupted])
  }
  return {
    call: (...command) => unless(() => client.call(...command)),
    callTogether: (...commands) => unless(() => client.callTogether(...commands)),
    close: client.close,
  }
}

// The INFO fields that reveal the engine, the most specific first: Dragonfly and Valkey have a redis_version,
// too.
const VERSION_FIELDS = {
  dragonfly: 'dragonfly_version',
  valkey: 'valkey_version',
  embedded: 'skyfly_version',
  redis: 'redis_version',
} as const

async function identify(client: Client): Promise<Pick<SmokeResult, 'engine' | 'version'>> {
  const info = await client.call('INFO', 'server').catch((error: unknown) => {
    if (isErrorReply(error)) return undefined
    throw error
  })
  for (const [engine, field] of Object.entries(VERSION_FIELDS)) {
    const version = new RegExp(`^${field}:\\D*([\\d.]+)`, 'm').exec(String(info))?.[1]
    if (version !== undefined) return { engine, version }
  }
  return { engine: null, version: null }
}
