// What a supervisor answers to the requests that come over its control socket.
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { Status } from '../status.js'
import type { StopReport } from '../stop/stop-report.js'
import type { Request, StopOptions } from './client.js'

/** The instance that the requests are about. */
export interface ControlledInstance {
  readonly status: Status
  readonly config: Config
  /** `endsProcess`: this process has no other purpose, so whoever stops the instance waits for its end. */
  readonly options: { readonly endsProcess?: boolean }
  ready(): Promise<Status>
  over(): Promise<void>
  stop(options: StopOptions): Promise<StopReport>
  restart(config: Config): Promise<Restarted>
  on(event: 'saving', listener: (bytes: number) => void): unknown
  off(event: 'saving', listener: (bytes: number) => void): unknown
}

/** The result of a restart. */
export interface Restarted {
  readonly status: Status
  /** The server runs again, but what the last one had not saved is lost; null: nothing is. */
  readonly lost: string | null
  /** What the user should be warned about: that another server runs than before, say. */
  readonly warnings: readonly string[]
}

/** Answer to a stop. */
export interface StopAnswer {
  readonly report: StopReport
  /** PID of the supervisor, where its process ends with the instance. */
  readonly endsProcess: number | null
}

export async function answerRequest(
  instance: ControlledInstance,
  request: Request,
  progress: (text: string) => void,
): Promise<unknown> {
  const onSaving = (bytes: number) => progress(String(bytes))
  instance.on('saving', onSaving)
  try {
    switch (request.do) {
      case 'status':
        return instance.status
      case 'config':
        return instance.config
      case 'ready':
        return await instance.ready()
      case 'over':
        return await instance.over()
      case 'stop':
        return await stopped(instance, request)
      case 'restart':
        if (!isConfig(request.config)) break
        return await instance.restart(request.config)
    }
    throw new SkyflyError('usage', 'this supervisor does not know that request', {
      hint: 'it may be of another version of skyfly: stop it and start it again',
    })
  } finally {
    instance.off('saving', onSaving)
  }
}

/** The request comes from some version of skyfly, over a socket that only this user can reach. */
function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && 'files' in value && 'serverArgs' in value
}

async function stopped(
  instance: ControlledInstance,
  options: Extract<Request, { do: 'stop' }>,
): Promise<StopAnswer> {
  const report = await instance.stop(options)
  return { report, endsProcess: instance.options.endsProcess === true ? process.pid : null }
}
