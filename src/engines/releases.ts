// What engines publish, and what skyfly takes of it: data and pure functions. Loaded only where something may be downloaded.
import type { EngineName } from '../config/config.js'
import type { Target } from '../platform.js'

/** One file of a release. */
export interface Build {
  /** Name of the file, {version} standing for the version. */
  readonly asset: string
  /** Name of the program in it, without any folder; it keeps that name in the cache. */
  readonly program: string
}

/** The releases of one engine. */
export interface Releases {
  /** `owner/name` on GitHub. */
  readonly repo: string
  /** Address of a file, with {repo}, {version} and {asset}. */
  readonly url: string
  /** The version that skyfly was tried with. */
  readonly defaultVersion: string
  readonly builds: Readonly<Partial<Record<Target, Build>>>
  /** For which systems there are builds, in words. */
  readonly systems: string
  /** The least glibc that the builds for Linux run on. */
  readonly minGlibc: string
  /** Name of the licence's file in the archive, without any folder. */
  readonly licenceFile: string
  /** sha256 of a file of a release, in hex; undefined: skyfly knows none. */
  readonly sha256: (version: string, asset: string) => Promise<string | undefined>
  /** The release that a file with this sha256 belongs to; undefined: skyfly knows none. */
  readonly bySha256: (
    sha256: string,
  ) => Promise<{ readonly version: string; readonly asset: string } | undefined>
}

const X86_64 = 'dragonfly-x86_64.tar.gz'
const AARCH64 = 'dragonfly-aarch64.tar.gz'

// Tags that begin with `i` are Dragonfly's own; releases are `v*`. A Windows or macOS build was never published.
const dragonfly: Releases = {
  repo: 'dragonflydb/dragonfly',
  url: 'https://github.com/{repo}/releases/download/v{version}/{asset}',
  defaultVersion: '1.40.1',
  builds: {
    'linux-x64': { asset: X86_64, program: 'dragonfly-x86_64' },
    'linux-arm64': { asset: AARCH64, program: 'dragonfly-aarch64' },
  },
  systems: 'Linux on x86_64 and arm64',
  minGlibc: '2.30',
  licenceFile: 'LICENSE.md',
  sha256: async (version, asset) => {
    const { DRAGONFLY_SHA256 } = await import('./dragonfly-sha256.js')
    const [x86_64, aarch64] = DRAGONFLY_SHA256[version] ?? []
    return asset === X86_64 ? x86_64 : aarch64
  },
  bySha256: async sha256 => {
    const { DRAGONFLY_SHA256 } = await import('./dragonfly-sha256.js')
    for (const [version, [x86_64, aarch64]] of Object.entries(DRAGONFLY_SHA256)) {
      if (sha256 === x86_64) return { version, asset: X86_64 }
      if (sha256 === aarch64) return { version, asset: AARCH64 }
    }
    return undefined
  },
}

export const RELEASES: Readonly<Partial<Record<EngineName, Releases>>> = { dragonfly }
