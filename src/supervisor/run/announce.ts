// What the log says when the lifecycle changes: one line for each change worth one. Pure.
import type { LogLevel } from '../../config/config.js'
import { formatDuration } from '../../config/units.js'
import type { LastExit } from '../status.js'
import type { LifecycleState } from './lifecycle-state.js'

export interface AnnouncedServer {
  /** `redis 7.0.15`. */
  readonly server: string
  readonly address: string
  readonly pid: number | undefined
  /** How long it took from the start of the server to its first PONG. */
  readonly readyMs: number | undefined
  readonly lastExit: LastExit | undefined
}

export interface Announcement {
  readonly level: LogLevel
  readonly text: string
}

export function announce(
  before: LifecycleState,
  after: LifecycleState,
  scene: AnnouncedServer,
): Announcement | undefined {
  const { server, address, pid, lastExit } = scene
  if (after.state === 'running' && before.state === 'starting')
    return {
      level: 'info',
      text: `${server} ready on ${address} in ${formatDuration(scene.readyMs ?? 0)} (pid ${pid})`,
    }
  if (after.restarts > before.restarts && lastExit !== undefined)
    return { level: 'error', text: `${server} ${lastExit.reason}; ${again(after)}` }
  if (after.state === 'stopping' && before.state !== 'stopping')
    return {
      level: stopLevel(after),
      text: `${stopReason(after)}stopping ${server}${pid === undefined ? '' : ` (pid ${pid})`}`,
    }
  if (after.state === 'stopped' && before.state === 'running')
    return { level: 'info', text: `${server} ended by itself: ${lastExit?.reason ?? 'unknown'}` }
  return undefined
}

function again(lifecycle: LifecycleState): string {
  const count = `restart ${lifecycle.restarts}`
  return lifecycle.state === 'backoff'
    ? `starting it again after a pause (${count})`
    : `starting it again (${count})`
}

const stopLevel = (lifecycle: LifecycleState): LogLevel => (lifecycle.goal === 'stopped' ? 'info' : 'warn')

function stopReason(lifecycle: LifecycleState): string {
  if (lifecycle.goal === 'not-ready') return 'not ready in time: '
  return lifecycle.goal === 'restart' || lifecycle.goal === 'unhealthy' ? 'it no longer answers: ' : ''
}
