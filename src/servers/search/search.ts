// Trying the steps of a search order: the first one that leads to a server program, and why those before it
// did not.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { RELEASES, type Releases } from '../../engines/releases.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import { trace } from '../../system/trace.js'
import { assertDotnet } from '../program/dotnet.js'
import { assertRunsHere } from '../program/libc.js'
import { type CacheAndPath, findCached, findHere, type LocalSearch } from './find-here.js'
import { type Missing, notInCache, notPublished } from './not-found.js'
import { isFirm, type SearchStep } from './search-order.js'
import { buildFor, type VersionRequest } from './version-request.js'

export interface SearchContext<Fetched> {
  readonly places: CacheAndPath
  readonly config: Pick<Config, 'offline' | 'sources'>
  readonly mayDownload: boolean
  /** Of this machine; undefined: another C library. */
  readonly glibc: () => string | undefined
  /** Called for what is published for this machine, and may be fetched. */
  readonly fetch: (download: Download) => Promise<Fetched | Missing>
}

export interface Download {
  readonly step: SearchStep
  readonly releases: Releases
  /** What would be tried if it failed. */
  readonly rest: readonly SearchStep[]
}

export type SearchResult<Fetched> =
  | {
      readonly found: Binary | Fetched
      /** Why it is not what was preferred, to follow "as"; undefined: it is. */
      readonly instead: string | undefined
    }
  | {
      readonly found?: undefined
      /** What was asked for first. */
      readonly request: VersionRequest
      readonly missing: Missing
      readonly local: LocalSearch
    }

/** @throws SkyflyError `download` when the cache was made by a newer skyfly, and whatever `fetch` throws */
export async function search<Fetched extends object>(
  steps: readonly SearchStep[],
  context: SearchContext<Fetched>,
): Promise<SearchResult<Fetched>> {
  const [first] = steps
  if (first === undefined) throw new Error('there is no engine to look for')
  const missed: Missing[] = []
  let local: LocalSearch = {}
  for (const [index, step] of steps.entries()) {
    if (step.how === 'here' || step.how === 'older') {
      const { binary, ...why } = await findLocally(step, context.places)
      trace(
        'search',
        () =>
          `${step.request.engine}, ${step.how}: ${binary?.path ?? why.damaged ?? why.other ?? 'not found'}`,
      )
      if (binary !== undefined) return { found: binary, instead: reasonOf(missed, local) }
      // Of each reason the first that is known counts.
      local = { ...why, ...definedOnly(local) }
      continue
    }
    const fetched = await download(step, steps.slice(index + 1), local.damaged, context)
    if (!isMissing(fetched)) return { found: fetched, instead: reasonOf(missed, local) }
    trace('search', () => `${step.request.engine}, ${step.how}: ${fetched.because}`)
    missed.push(fetched)
    if (isFirm(step.request) && fetched.isNever !== true) break
  }
  const [missing = { because: 'nothing is fetched' }] = missed
  return { request: first.request, missing, local }
}

function findLocally({ request, how }: SearchStep, places: CacheAndPath): Promise<LocalSearch> {
  return how === 'older' ? findCached(request, places, { anyVersion: true }) : findHere(request, places)
}

async function download<Fetched extends object>(
  step: SearchStep,
  rest: readonly SearchStep[],
  damaged: string | undefined,
  { config, mayDownload, glibc, places, fetch }: SearchContext<Fetched>,
): Promise<Fetched | Missing> {
  const { request } = step
  const releases = RELEASES[request.engine]
  if (releases === undefined || buildFor(request) === undefined) {
    const missing = notPublished(request, releases)
    return damaged === undefined ? missing : { ...missing, because: `${damaged}, and ${missing.because}` }
  }
  try {
    assertRunsHere({ ...request, releases }, glibc())
    assertDotnet(request, places.env)
  } catch (error) {
    const failure = asSkyflyError(error)
    return { because: failure.message, failure, isNever: true }
  }
  if (config.offline || !mayDownload) return notInCache(request, config, damaged)
  try {
    return await fetch({ step, releases, rest })
  } catch (error) {
    if (error instanceof SkyflyError && mayGoOn(step, error))
      return { because: error.message, failure: error }
    throw error
  }
}

/** A start goes on where a download that nobody asked for turns out not to be what it should be. */
function mayGoOn({ how }: SearchStep, { code }: SkyflyError): boolean {
  return code === 'download' || code === 'no-engine' || (how === 'substitute' && code === 'unverified')
}

const isMissing = (fetched: object): fetched is Missing => 'because' in fetched

function definedOnly(local: LocalSearch): LocalSearch {
  return Object.fromEntries(Object.entries(local).filter(([, value]) => value !== undefined))
}

/** Part of the reason is a program that somebody put on PATH and that does not run. */
export function reasonOf(missed: readonly Missing[], { broken }: LocalSearch): string | undefined {
  if (missed.length === 0) return undefined
  const reasons = missed.map(({ because }) => because)
  return [...reasons, ...(broken === undefined ? [] : [asSkyflyError(broken).message])].join('; ')
}
