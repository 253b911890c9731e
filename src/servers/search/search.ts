// The way through a plan: the first step that leads to a server program, and why those before it did not.
import type { Config } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { RELEASES, type Releases } from '../../engines/releases.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import { assertDotnet } from '../program/dotnet.js'
import { assertRunsHere } from '../program/libc.js'
import { findLocal, findNewest, type Local, type Place } from './find.js'
import { type Missing, notInCache, notPublished } from './not-found.js'
import { isFirm, type Step } from './search-order.js'
import { buildFor, type Wanted } from './version-request.js'

export interface Choosing<Fetched> {
  readonly place: Place
  readonly config: Pick<Config, 'offline' | 'sources'>
  readonly mayDownload: boolean
  /** Of this machine; undefined: another C library. */
  readonly glibc: () => string | undefined
  /** Called for what is published for this machine, and may be fetched. */
  readonly fetch: (download: Download) => Promise<Fetched | Missing>
}

export interface Download {
  readonly step: Step
  readonly releases: Releases
  /** What would be tried if it failed. */
  readonly rest: readonly Step[]
}

export type Choice<Fetched> =
  | {
      readonly found: Binary | Fetched
      /** Why it is not what was preferred, to follow "as"; undefined: it is. */
      readonly instead: string | undefined
    }
  | { readonly found?: undefined; readonly wanted: Wanted; readonly missing: Missing; readonly local: Local }

/** @throws SkyflyError `download` when the cache was made by a newer skyfly, and whatever `fetch` throws */
export async function choose<Fetched extends object>(
  steps: readonly Step[],
  how: Choosing<Fetched>,
): Promise<Choice<Fetched>> {
  const [first] = steps
  if (first === undefined) throw new Error('there is no engine to look for')
  const missed: Missing[] = []
  let local: Local = {}
  for (const [index, step] of steps.entries()) {
    if (step.how === 'here' || step.how === 'older') {
      const { binary, ...why } = await look(step, how.place)
      if (binary !== undefined) return { found: binary, instead: reasonOf(missed, local) }
      local = { ...why, ...known(local) }
      continue
    }
    const fetched = await download(step, steps.slice(index + 1), local.damaged, how)
    if (!isMissing(fetched)) return { found: fetched, instead: reasonOf(missed, local) }
    missed.push(fetched)
    if (isFirm(step.wanted) && fetched.isNever !== true) break
  }
  const [missing = { because: 'nothing is fetched' }] = missed
  return { wanted: first.wanted, missing, local }
}

const look = ({ wanted, how }: Step, place: Place): Promise<Local> =>
  how === 'older' ? findNewest(wanted, place) : findLocal(wanted, place)

async function download<Fetched extends object>(
  step: Step,
  rest: readonly Step[],
  damaged: string | undefined,
  { config, mayDownload, glibc, place, fetch }: Choosing<Fetched>,
): Promise<Fetched | Missing> {
  const { wanted } = step
  const releases = RELEASES[wanted.engine]
  if (releases === undefined || buildFor(wanted) === undefined) {
    const missing = notPublished(wanted, releases)
    return damaged === undefined ? missing : { ...missing, because: `${damaged}, and ${missing.because}` }
  }
  try {
    assertRunsHere({ ...wanted, releases }, glibc())
    assertDotnet(wanted, place.env)
  } catch (error) {
    const failure = asSkyflyError(error)
    return { because: failure.message, failure, isNever: true }
  }
  if (config.offline || !mayDownload) return notInCache(wanted, config, damaged)
  try {
    return await fetch({ step, releases, rest })
  } catch (error) {
    if (error instanceof SkyflyError && mayPass(step, error))
      return { because: error.message, failure: error }
    throw error
  }
}

/** That a download nobody asked for is not what it should be stops no start. */
function mayPass({ how }: Step, { code }: SkyflyError): boolean {
  return code === 'download' || code === 'no-engine' || (how === 'substitute' && code === 'unverified')
}

const isMissing = (fetched: object): fetched is Missing => 'because' in fetched

/** Without what is undefined: the first that is known of each counts. */
function known(local: Local): Local {
  return Object.fromEntries(Object.entries(local).filter(([, value]) => value !== undefined))
}

/** A program that somebody put on PATH for this and that does not run is part of the reason. */
export function reasonOf(missed: readonly Missing[], { broken }: Local): string | undefined {
  if (missed.length === 0) return undefined
  const reasons = missed.map(({ because }) => because)
  return [...reasons, ...(broken === undefined ? [] : [asSkyflyError(broken).message])].join('; ')
}
