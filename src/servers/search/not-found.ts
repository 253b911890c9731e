// What is said when an engine, or any server program, cannot be found.
import type { Config, EngineName } from '../../config/config.js'
import type { Releases } from '../../engines/releases.js'
import { ENGINES } from '../../engines/table.js'
import { asSkyflyError, SkyflyError } from '../../errors.js'
import type { BuildTarget } from '../../system/platform.js'
import type { LocalSearch } from './find-here.js'
import type { VersionRequest } from './version-request.js'

/** Why an engine was not fetched. */
export interface Missing {
  /** A clause, to follow "as". */
  readonly because: string
  /** Of a fetch that was tried. */
  readonly failure?: SkyflyError
  /** There is one, but it must not be run. */
  readonly isDamaged?: boolean
  /** Nobody publishes one that would run here. */
  readonly isNever?: true
}

export function notPublished({ engine }: VersionRequest, releases: Releases | undefined): Missing {
  if (releases === undefined)
    return { because: `skyfly knows no build of ${engine} to download`, isNever: true }
  return { because: `${engine} is ${publishedFor(releases)}`, isNever: true }
}

/** `published for Linux on x86_64 and arm64 only` */
export function publishedFor({ systems, unread }: Releases): string {
  return `published for ${systems}${unread === undefined ? ' only' : `, and ${unread}`}`
}

/** @param damaged what is wrong with the one in the cache, a sentence */
export function notInCache(
  { engine, version }: VersionRequest,
  { offline, sources }: Pick<Config, 'offline' | 'sources'>,
  damaged: string | undefined,
): Missing {
  const name = version === undefined || version === 'latest' ? engine : `${engine} ${version}`
  const forbidden = offline ? `, and nothing is downloaded (${sources.offline ?? 'offline'})` : ''
  const because = `${damaged ?? `${name} is not in the cache`}${forbidden}`
  return { because, isDamaged: damaged !== undefined }
}

/** The end of the search. */
export function nothingFound({ request, missing, local }: FailedSearch): SkyflyError {
  const { failure, because, isDamaged } = missing
  const { broken, other } = local
  const { engine, pin, target } = request
  if (failure !== undefined) {
    const { code, message, hint, details } = failure
    const told = pin !== undefined && hint !== undefined ? `${hint}; skyfly.lock allows nothing else` : hint
    const all = broken === undefined ? details : [...details, asSkyflyError(broken).message]
    return new SkyflyError(code, message, { hint: told, details: all, cause: failure })
  }
  if (broken !== undefined) return asSkyflyError(broken)
  const programs = pin === undefined ? ENGINES[engine].programs : []
  const onPath = other === undefined ? `there is no ${listed(programs)} on PATH` : `on PATH there is ${other}`
  const noneOnPath = programs.length === 0 ? '' : `; ${onPath}`
  return new SkyflyError(
    isDamaged === true ? 'download' : 'no-engine',
    `no ${engine} found: ${because}${noneOnPath}`,
    { hint: pin === undefined ? howToGet(engine, target) : PINNED },
  )
}

interface FailedSearch {
  /** What was asked for first. */
  readonly request: VersionRequest
  readonly missing: Missing
  /** What was found here and could not be taken. */
  readonly local: Pick<LocalSearch, 'broken' | 'other'>
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

const PINNED =
  'skyfly.lock pins it: fetch it once with a connection: skyfly install; or from a file: skyfly install --from FILE'

/** How a user gets an engine on a system. */
export function howToGet(engine: EngineName, target: BuildTarget): string {
  const [system = ''] = target.split('-')
  const row = HOW[engine]
  return row[system] ?? row.other
}

const FETCH = 'fetch it once with a connection: skyfly install'
const OF_YOUR_OWN =
  'leave --engine out, and skyfly engines shows what runs here; one of your own: skyfly install dragonfly --from FILE, or --binary PATH'

/** By system; `other`: of one without a row of its own. */
type Ways = Partial<Record<string, string>> & { readonly other: string }

const HOW: Readonly<Record<EngineName, Ways>> = {
  dragonfly: {
    win32: OF_YOUR_OWN,
    darwin: OF_YOUR_OWN,
    other: `${FETCH}; put dragonfly on PATH, or use --binary PATH`,
  },
  valkey: {
    win32: `${FETCH} valkey; or use --binary PATH`,
    darwin: `${FETCH} valkey; install it (brew install valkey), or use --binary PATH`,
    other: 'install it (on Debian and Ubuntu: apt-get install valkey-server), or use --binary PATH',
  },
  redis: {
    win32: `${FETCH} redis; or use --binary PATH`,
    darwin: 'install it (brew install redis), or use --binary PATH',
    other: 'install it (on Debian and Ubuntu: apt-get install redis-server), or use --binary PATH',
  },
  memurai: {
    win32: 'install it from memurai.com, put its folder on PATH, or use --binary PATH',
    other: 'it is for Windows only: use --engine valkey, redis or embedded',
  },
  garnet: {
    win32: `${FETCH} garnet; or with .NET: dotnet tool install --global garnet-server; or use --binary PATH`,
    other: 'install it with .NET: dotnet tool install --global garnet-server; or use --binary PATH',
  },
  embedded: { other: 'leave --engine-version out: it has the version of skyfly' },
}
