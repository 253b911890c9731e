// In which order the ways to a server program are tried: pure, the same for a start, an installation and
// `skyfly engines`.
import { type Config, ENGINE_NAMES, type EngineName } from '../../config/config.js'
import { RELEASES } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import type { BuildTarget } from '../../system/platform.js'
import type { Pins } from '../install/lock-file.js'
import { buildFor, requestVersion, type VersionRequest } from './version-request.js'

export interface SearchStep {
  readonly request: VersionRequest
  /**
   * `here`: in the cache or on PATH; `fetch`: a download; `older`: any version in the cache, where none was
   * asked for; `substitute`: a download of another engine, which nobody asked for.
   */
  readonly how: 'here' | 'fetch' | 'older' | 'substitute'
}

export type SearchConfig = Pick<
  Config,
  'engine' | 'engineVersion' | 'sources' | 'offline' | 'mirror' | 'allowUnverified'
>

export interface SearchOrderInput {
  readonly pins: Pins
  readonly target: BuildTarget
  readonly mayDownload: boolean
}

/**
 * The preferred engine where it is here, then its download. `auto` goes on with the other engines that are
 * here, with what may be fetched instead, and with skyfly's own engine last.
 * @throws SkyflyError `usage` when a setting asks for another version than skyfly.lock pins
 */
export function searchOrder(
  config: SearchConfig,
  { pins, target, mayDownload }: SearchOrderInput,
): readonly SearchStep[] {
  const requestFor = (engine: EngineName) => requestVersion(engine, config, pins, target)
  const [preferred, ...rest] = config.engine === 'auto' ? ENGINE_NAMES : [config.engine]
  const first = requestFor(preferred)
  const isFetching = mayDownload && !config.offline
  const asked = stepsOf(first, isFetching)
  // The project has agreed on what skyfly.lock pins for this machine, and nothing else may run.
  if (first.pin !== undefined) return asked
  const others = rest.map(requestFor)
  const isOwn = ({ engine }: VersionRequest) => ENGINES[engine].bundled !== undefined
  const substitute = others.find(other => RELEASES[other.engine]?.isSubstitute && buildFor(other))
  return [
    ...asked,
    ...others.filter(other => !isOwn(other)).map(here),
    ...(substitute === undefined || !isFetching ? [] : [{ request: substitute, how: 'substitute' } as const]),
    ...others.filter(isOwn).map(here),
  ]
}

/** Whether somebody named this very version, so that nothing else may take its place where it exists. */
export function isFirm({ decidedBy, version }: VersionRequest): boolean {
  return decidedBy === 'setting' && version !== 'latest'
}

const here = (request: VersionRequest): SearchStep => ({ request, how: 'here' })

function stepsOf(request: VersionRequest, isFetching: boolean): readonly SearchStep[] {
  const fetch: SearchStep = { request, how: 'fetch' }
  // Only the publisher knows the latest version; where it cannot be asked, the newest that is here is taken.
  if (request.version === 'latest' && isFetching) return [fetch, here(request)]
  return [
    here(request),
    fetch,
    ...(request.decidedBy === 'default' ? [{ request, how: 'older' } as const] : []),
  ]
}
