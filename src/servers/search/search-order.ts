// In which order the ways to a server program are tried: pure, the same for a start, an installation and `skyfly engines`.
import { type Config, ENGINE_NAMES, type EngineName } from '../../config/config.js'
import { RELEASES } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import type { Target } from '../../system/platform.js'
import type { Pins } from '../install/lock-file.js'
import { buildFor, type Wanted, wantedOf } from './version-request.js'

export interface Step {
  readonly wanted: Wanted
  /**
   * `here`: in the cache or on PATH; `older`: any version in the cache, where none was asked for; `substitute`: a download
   * that nobody asked for.
   */
  readonly how: 'here' | 'fetch' | 'older' | 'substitute'
}

export type PlanConfig = Pick<
  Config,
  'engine' | 'engineVersion' | 'sources' | 'offline' | 'mirror' | 'allowUnverified'
>

export interface PlanInput {
  readonly pins: Pins
  readonly target: Target
  readonly mayDownload: boolean
}

/**
 * Of the engine that is preferred what is here, then a download. `auto` goes on with what else is here, with what may be
 * fetched in its place, and with skyfly's own engine at last.
 * @throws SkyflyError `usage` when a setting asks for another version than skyfly.lock pins
 */
export function planOf(config: PlanConfig, { pins, target, mayDownload }: PlanInput): readonly Step[] {
  const wantedFor = (engine: EngineName) => wantedOf(engine, config, pins, target)
  const [preferred, ...rest] = config.engine === 'auto' ? ENGINE_NAMES : [config.engine]
  const first = wantedFor(preferred)
  const isFetching = mayDownload && !config.offline
  const asked = stepsOf(first, isFetching)
  // What skyfly.lock pins for this machine is what the project has agreed on: nothing else will do.
  if (first.pin !== undefined) return asked
  const others = rest.map(wantedFor)
  const isOwn = ({ engine }: Wanted) => ENGINES[engine].bundled !== undefined
  const substitute = others.find(other => RELEASES[other.engine]?.isSubstitute && buildFor(other))
  return [
    ...asked,
    ...others.filter(other => !isOwn(other)).map(here),
    ...(substitute === undefined || !isFetching ? [] : [{ wanted: substitute, how: 'substitute' } as const]),
    ...others.filter(isOwn).map(here),
  ]
}

/** Whether nothing else will do where it could be had: somebody named its version. */
export function isFirm({ decidedBy, version }: Wanted): boolean {
  return decidedBy === 'setting' && version !== 'latest'
}

const here = (wanted: Wanted): Step => ({ wanted, how: 'here' })

function stepsOf(wanted: Wanted, isFetching: boolean): readonly Step[] {
  const fetch: Step = { wanted, how: 'fetch' }
  // Which one is the latest is not known here; where it cannot be asked, the newest that is here will do.
  if (wanted.version === 'latest' && isFetching) return [fetch, here(wanted)]
  return [here(wanted), fetch, ...(wanted.decidedBy === 'default' ? [{ wanted, how: 'older' } as const] : [])]
}
