// What a supervisor answers to the requests that come over its control socket.
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import type { Instance } from '../instance.js'
import type { StopReport } from '../stop/stop-report.js'
import type { Request } from './client.js'

/** Answer to a stop. */
export interface Stopped {
  readonly report: StopReport
  /** PID of the supervisor, where its process ends with the instance. */
  readonly endsProcess: number | null
}

export async function answerRequest(
  instance: Instance,
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

/** It comes from a skyfly of this version or another, over a socket that only its own user reaches. */
function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && 'files' in value && 'serverArgs' in value
}

async function stopped(instance: Instance, options: Extract<Request, { do: 'stop' }>): Promise<Stopped> {
  const report = await instance.stop(options)
  return { report, endsProcess: instance.options.endsProcess === true ? process.pid : null }
}
