// `skyfly engines`: which servers this machine has, could fetch, or lacks, and which one a start would take.

import { type Config, ENGINE_NAMES, type EngineName } from '../config/config.js'
import type { Binary } from '../engines/engine.js'
import { ENGINES } from '../engines/table.js'
import { asSkyflyError, SkyflyError } from '../errors.js'
import { Cache } from '../servers/cache/cache.js'
import { cacheFolder } from '../servers/cache/cache-folder.js'
import { redacted } from '../servers/http/http-failures.js'
import { type Pins, readPins } from '../servers/install/lock-file.js'
import { addressOf, latestAddress } from '../servers/install/release-asset.js'
import { explicitBinary } from '../servers/search/explicit-binary.js'
import type { CacheAndPath } from '../servers/search/find-here.js'
import { howToGet } from '../servers/search/not-found.js'
import { type Download, reasonOf, type SearchResult, search } from '../servers/search/search.js'
import { searchOrder } from '../servers/search/search-order.js'
import { releaseFor } from '../servers/search/version-request.js'
import { type BuildTarget, glibcVersion, host, buildTarget as thisTarget } from '../system/platform.js'

export interface EngineReport {
  readonly engine: EngineName
  /** `yes`: it is on this machine; `download`: a start would fetch it; `no`: see `missing`. */
  readonly available: 'yes' | 'download' | 'no'
  /** Of what would run; null: nothing would, or it is not known yet. */
  readonly version: string | null
  /** Path of the program, or the address that it would come from. */
  readonly where: string | null
  readonly licence: string
  /** Why it is not available, and what would change that. */
  readonly missing: string | null
  /** What a program that was written for Dragonfly misses, to follow "it". */
  readonly differs: string | null
}

export interface EnginesReport {
  readonly target: BuildTarget
  /** Best first. What starts has the row that it starts from; each other one tells what a start with --engine would take. */
  readonly engines: readonly EngineReport[]
  /** What `skyfly start` runs with the settings that are here; null: nothing. */
  readonly start: EngineName | null
  /** Why it runs nothing, and what would change that. */
  readonly failure: string | null
}

export interface EnginesInput {
  readonly env: NodeJS.ProcessEnv
  /** @default this machine's */
  readonly platform?: NodeJS.Platform
  /** @default this machine's */
  readonly target?: BuildTarget
  /** Of the system; undefined: another C library. @default this machine's */
  readonly glibc?: () => string | undefined
}

/** Opens no connection. @throws SkyflyError `usage` where skyfly.lock cannot be read */
export async function inspectEngines(config: Config, input: EnginesInput): Promise<EnginesReport> {
  const { target = thisTarget() } = input
  const pins = readPins(config.root)
  const outlook = (config: Config, mustTell = false) =>
    lookAhead(config, { ...input, target, pins, mustTell })
  const start = await outlook(config)
  const rowOf = async (engine: EngineName): Promise<EngineReport> => {
    if ('found' in start && start.found.engine === engine) return available(start.found)
    // A version is one of the engine that it is meant for, whichever row this is.
    const isMeant = engine === (config.engine === 'auto' ? 'dragonfly' : config.engine)
    const engineVersion = isMeant ? config.engineVersion : undefined
    const seen = await outlook({ ...config, engine, engineVersion, binary: undefined }, true)
    return 'found' in seen ? available(seen.found) : unavailable(engine, seen.missing)
  }
  return {
    target,
    engines: await Promise.all(ENGINE_NAMES.map(rowOf)),
    start: 'found' in start ? start.found.engine : null,
    failure: 'found' in start ? null : start.missing,
  }
}

/** What a start would download. */
interface Fetchable {
  readonly engine: EngineName
  readonly version: string | undefined
  readonly address: string
}

interface OutlookInput extends EnginesInput {
  readonly target: BuildTarget
  readonly pins: Pins
  readonly mustTell: boolean
}

type Outlook = { readonly found: Binary | Fetchable } | { readonly missing: string }

/** What a start with these settings comes to, as far as this machine can tell. */
async function lookAhead(
  config: Config,
  { env, platform = host().platform, target, glibc = glibcVersion, pins, mustTell }: OutlookInput,
): Promise<Outlook> {
  try {
    if (config.binary !== undefined)
      return { found: await explicitBinary(config.binary, config, { env, platform }) }
    const places: CacheAndPath = {
      config,
      cache: new Cache(cacheFolder(config, env).dir),
      env,
      platform,
      mustTell,
    }
    const result = await search<Fetchable>(searchOrder(config, { pins, target, mayDownload: true }), {
      places,
      config,
      mayDownload: true,
      glibc,
      fetch: async download => addressed(download, config.mirror),
    })
    return result.found === undefined ? { missing: whyNot(result) } : { found: result.found }
  } catch (error) {
    if (!(error instanceof SkyflyError)) throw error
    return { missing: advised(error.message, error.hint) }
  }
}

function addressed({ step: { request }, releases }: Download, mirror: string | undefined): Fetchable {
  const { engine } = request
  if (request.version === 'latest')
    return { engine, version: undefined, address: redacted(latestAddress(engine, releases, mirror)) }
  const version = request.version ?? releases.defaultVersion
  const release = releaseFor(request, version)
  // That there is a build for this machine was asked before.
  if (release === undefined) throw new Error(`there is no build of ${engine}`)
  return { engine, version, address: redacted(addressOf(release, mirror)) }
}

function available(found: Binary | Fetchable): EngineReport {
  const { engine, version } = found
  const { licence, differs = null } = ENGINES[engine]
  const row = { engine, version: version ?? null, licence: licence(version), missing: null, differs }
  return 'path' in found
    ? { ...row, available: 'yes', where: found.path }
    : { ...row, available: 'download', where: found.address }
}

function unavailable(engine: EngineName, missing: string): EngineReport {
  const { licence, differs = null } = ENGINES[engine]
  const nothing = { available: 'no', version: null, where: null } as const
  return { engine, ...nothing, licence: licence(undefined), missing, differs }
}

function whyNot({
  request,
  missing,
  local,
}: Extract<SearchResult<Fetchable>, { found?: undefined }>): string {
  const { broken, other } = local
  const because = reasonOf([missing], local) ?? missing.because
  const told = broken === undefined ? missing.failure : asSkyflyError(broken)
  const onPath = other === undefined ? '' : `; on PATH there is ${other}`
  return advised(`${because}${onPath}`, told?.hint ?? howToGet(request.engine, request.target))
}

const advised = (text: string, hint: string | undefined): string =>
  hint === undefined ? text : `${text}: ${hint}`
