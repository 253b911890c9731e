// Talks to a server over one connection, and says in plain words why that failed.
import { Redis } from 'ioredis'
import { type ErrorCode, SkyflyError } from '../errors.js'
import type { RedisUrl } from './redis-url.js'

type Command = readonly [name: string, ...args: (string | number)[]]

/** One connection that has answered PING. */
export interface Client {
  /**
   * Sends a command. An error reply is thrown as it is ({@link isErrorReply}), a lost connection as a
   * SkyflyError.
   */
  readonly call: (...command: Command) => Promise<unknown>
  /** Sends commands in one write, so that the server gets all of them even if this process dies at once. */
  readonly callTogether: (...commands: readonly Command[]) => Promise<readonly unknown[]>
  /** Closes the connection; commands under way fail. */
  readonly close: () => void
}

export interface ConnectOptions {
  /** Limit for the connection, and for each answer after it. */
  readonly timeoutMs: number
  /** Gives up connecting. A connection that is already open stays open. */
  readonly signal?: AbortSignal | undefined
}

/** Whether this is the server's own answer to a command; its message is the server's own words. */
export function isErrorReply(
  error: unknown,
): error is Error & { readonly command?: { readonly name: string } } {
  return error instanceof Error && error.name === 'ReplyError'
}

/**
 * Opens a connection and waits for the first PONG. Never tries again.
 * Throws SkyflyError `not-running`, or `usage` where the URL is what has to change, and the signal's reason.
 */
export async function connect(target: RedisUrl, options: ConnectOptions): Promise<Client> {
  options.signal?.throwIfAborted()
  const redis = new Redis({
    ...(target.tls ? { tls: {} } : {}),
    host: target.host,
    port: target.port,
    username: target.username,
    password: target.password,
    db: target.db,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    // The check uses INFO, which can be forbidden and waits until loading ends. We send PING, which does
    // neither.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: options.timeoutMs,
    commandTimeout: options.timeoutMs,
    // Otherwise a server that does not close its side would hold up our process for two seconds.
    disconnectTimeout: 100,
  })
  // connect() only says that the connection was closed. The reason, or that SELECT was refused, comes only as
  // an event.
  let cause: unknown
  redis.on('error', error => {
    cause ??= error
  })
  const giveUp = () => redis.disconnect()
  options.signal?.addEventListener('abort', giveUp, { once: true })
  const client = clientOf(redis, target, options)
  try {
    await redis.connect()
    const pong = await client.call('PING')
    if (cause !== undefined) throw cause
    if (pong !== 'PONG') throw new Error(`PING is answered with ${JSON.stringify(pong)}`)
    return client
  } catch (error) {
    redis.disconnect()
    options.signal?.throwIfAborted()
    throw explainConnection(cause ?? error, target, options)
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
}

function clientOf(redis: Redis, target: RedisUrl, options: ConnectOptions): Client {
  const translated = (error: unknown) =>
    isErrorReply(error) ? error : explainConnection(error, target, options)
  return {
    call: async (...command) => {
      try {
        return await redis.call(...command)
      } catch (error) {
        throw translated(error)
      }
    },
    callTogether: async (...commands) => {
      const pipeline = redis.pipeline()
      for (const command of commands) pipeline.call(...command)
      const answers = (await pipeline.exec()) ?? []
      return answers.map(([error, answer]) => {
        if (error) throw translated(error)
        return answer
      })
    },
    close: () => redis.disconnect(),
  }
}

interface ConnectionFault {
  readonly match: RegExp
  readonly code?: ErrorCode
  /** Follows the address. */
  readonly says: string
  /** Appends the error's own text, which says more. */
  readonly quote?: true
  readonly hint: string
}

// The first match counts; each is tried on the error's code and message.
const CONNECTION_FAULTS: readonly ConnectionFault[] = [
  {
    match: /ENOTFOUND|EAI_AGAIN/,
    says: 'cannot be reached: the host name is not known here',
    hint: 'check the host in --url',
  },
  { match: /EHOSTUNREACH|ENETUNREACH/, says: 'cannot be reached from here', hint: 'check the host in --url' },
  {
    match: /NOAUTH/,
    code: 'usage',
    says: 'asks for a password',
    hint: 'put it into --url: redis://:PASSWORD@HOST:PORT',
  },
  {
    match: /WRONGPASS|invalid password/,
    code: 'usage',
    says: 'does not accept this user name and password',
    hint: 'put the right ones into --url: redis://USER:PASSWORD@HOST:PORT',
  },
  {
    match: /DB index/,
    code: 'usage',
    says: 'has no such database',
    quote: true,
    hint: 'give another number at the end of --url',
  },
  { match: /LOADING/, says: 'is still loading its data', hint: 'try again when it has finished' },
  {
    match: /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/,
    says: 'has a TLS certificate that is not trusted',
    quote: true,
    hint: 'name the file of its certificate authority in the environment variable NODE_EXTRA_CA_CERTS',
  },
  {
    match: /CERT_|ALTNAME/,
    says: 'has a TLS certificate that does not hold',
    quote: true,
    hint: 'use the host name that the certificate was made for, or have it renewed',
  },
  {
    match: /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    says: 'asks for a client certificate',
    hint: 'use a port that asks for a password instead: skyfly has no certificate to show',
  },
  { match: /ERR_SSL|EPROTO/, says: 'does not speak TLS', hint: 'use redis:// in --url' },
  { match: /Bad TLS header/, says: 'speaks TLS only', hint: 'use rediss:// in --url' },
  {
    match: /RESP type|queue state|PING is answered/,
    says: 'is no Redis-compatible server',
    hint: 'check the port in --url',
  },
]

function explainConnection(error: unknown, target: RedisUrl, { timeoutMs }: ConnectOptions): SkyflyError {
  if (error instanceof SkyflyError) return error
  const text =
    error instanceof Error ? `${'code' in error ? error.code : ''} ${error.message}`.trim() : String(error)
  // An error reply from ioredis holds the arguments of AUTH, so the cause would show the password.
  const cause = isErrorReply(error) ? undefined : error
  const fault = (code: ErrorCode, says: string, hint: string) =>
    new SkyflyError(code, `${target.address} ${says}`, { hint, cause })
  const otherScheme = target.tls ? 'a port without TLS needs redis://' : 'a TLS port needs rediss://'
  if (text.includes('ECONNREFUSED'))
    return new SkyflyError('not-running', `no server answers at ${target.address}`, {
      hint: 'start one with `skyfly start`, or name another with --url',
      cause,
    })
  if (/timed out|ETIMEDOUT/.test(text))
    return fault(
      'not-running',
      `did not answer within ${timeoutMs} ms`,
      `see the server's log; ${otherScheme} in --url`,
    )
  if (/closed|ECONNRESET|EPIPE|isn't writeable/.test(text))
    return fault('not-running', 'closed the connection', `see the server's log; ${otherScheme} in --url`)
  const known = CONNECTION_FAULTS.find(({ match }) => match.test(text))
  if (known === undefined)
    return fault('not-running', `refuses the connection: ${text}`, "see the server's log")
  return fault(known.code ?? 'not-running', known.quote ? `${known.says}: ${text}` : known.says, known.hint)
}
