// Which file of a release to fetch, and from which address: pure.
import type { EngineName } from '../../config/config.js'
import { type Build, RELEASES, type Releases } from '../../engines/releases.js'
import { SkyflyError } from '../../errors.js'
import type { BuildTarget } from '../../system/platform.js'
import { redacted } from '../http/http-failures.js'
import type { Pin } from './lock-file.js'

/** One file of one release. */
export interface Release {
  readonly engine: EngineName
  /** Exact. */
  readonly version: string
  readonly target: BuildTarget
  readonly releases: Releases
  readonly build: Build
  /** What skyfly.lock says about it. */
  readonly pin: Pin | undefined
}

/** `dragonfly 1.40.1` */
export const nameOf = ({ engine, version }: Pick<Release, 'engine' | 'version'>): string =>
  `${engine} ${version}`

/** Where a release is fetched from: the mirror, else what skyfly.lock pins, else where it was published. */
export function addressOf({ engine, version, releases, build, pin }: Release, mirror?: string): string {
  if (mirror === undefined && pin !== undefined) return pin.url
  const { repo } = releases
  return fill(mirror ?? PUBLISHED, {
    engine,
    version,
    asset: build.asset,
    repo,
    tag: tagOf(releases, version),
  })
}

/** The tag of a release on GitHub. */
export const tagOf = ({ tag }: Pick<Releases, 'tag'>, version: string): string => fill(tag, { version })

const PUBLISHED = 'https://github.com/{repo}/releases/download/{tag}/{asset}'

/**
 * The page that leads to the latest release: GitHub's, or that of a mirror with the same paths.
 * @throws SkyflyError `usage` where the mirror has other paths, or the repository publishes other programs as
 * well
 */
export function latestAddress(engine: EngineName, { repo, isShared }: Releases, mirror?: string): string {
  if (isShared) throw untold(engine, `${repo} publishes other programs as well, and`)
  const template = mirror ?? PUBLISHED
  const end = template.indexOf('/download/')
  if (end !== -1 && template.slice(0, end).endsWith('/releases'))
    return fill(`${template.slice(0, end)}/latest`, { engine, version: '', asset: '', repo })
  throw untold(engine, `the mirror ${redacted(template)}`)
}

function untold(engine: EngineName, who: string): SkyflyError {
  return new SkyflyError('usage', `${who} cannot tell which ${engine} is the latest`, {
    hint: `name a version: --engine-version ${RELEASES[engine]?.defaultVersion ?? 'VERSION'}`,
  })
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}
