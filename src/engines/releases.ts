// What engines publish, and what skyfly takes from it: data and pure functions.
import type { EngineName } from '../config/config.js'
import type { BuildTarget } from '../system/platform.js'

/** One file of a release. */
export interface Build {
  /** Name of the file, {version} standing for the version. */
  readonly asset: string
  /** The last part of the program's path, enough to tell it from other files; the cache keeps that path. */
  readonly program: string
  /**
   * Matches the path of a file that the program needs, and captures the part under which it is kept;
   * undefined: it needs none.
   */
  readonly keeps?: RegExp
}

/** The releases of one engine. */
export interface Releases {
  /** `owner/name` on GitHub. */
  readonly repo: string
  /** The tag of a release there, with {version}. */
  readonly tag: string
  /** Other programs have their releases there as well, so the latest one of this cannot be asked for. */
  readonly isShared?: true
  /** The version that skyfly was tried with. */
  readonly defaultVersion: string
  readonly builds: Readonly<Partial<Record<BuildTarget, Build>>>
  /** Unpublished builds: a mirror or skyfly.lock leads to one, and only skyfly.lock knows its checksum. */
  readonly privateBuilds?: Readonly<Partial<Record<BuildTarget, Build>>>
  /** The systems that there are builds for, in words. */
  readonly systems: string
  /** What else is published that skyfly cannot read, in words. */
  readonly unread?: string
  /** `auto` may fetch it where Dragonfly has no build: it is free, and needs nothing else. */
  readonly isSubstitute?: true
  /** The oldest glibc that the builds for Linux run on. */
  readonly minGlibc?: string
  /** Name of the licence's file in the archive, without any folder; undefined: there is none. */
  readonly licenceFile?: string
  /** sha256 of a file of a release, in hex; undefined: skyfly knows none. */
  readonly sha256: (version: string, asset: string) => Promise<string | undefined>
  /** The release that a file with this sha256 belongs to; undefined: skyfly knows none. */
  readonly bySha256: (
    sha256: string,
  ) => Promise<{ readonly version: string; readonly asset: string } | undefined>
}

const X86_64 = 'dragonfly-x86_64.tar.gz'
const AARCH64 = 'dragonfly-aarch64.tar.gz'
/** Libraries at the top of an archive, or in its one folder. */
const DLLS = /^(?:[^/]+\/)?([^/]+\.dll)$/i

// Tags that begin with `i` are Dragonfly's own; releases are `v*`. A Windows or macOS build was never
// published.
const dragonfly: Releases = {
  repo: 'dragonflydb/dragonfly',
  tag: 'v{version}',
  defaultVersion: '1.40.1',
  builds: {
    'linux-x64': { asset: X86_64, program: 'dragonfly-x86_64' },
    'linux-arm64': { asset: AARCH64, program: 'dragonfly-aarch64' },
  },
  privateBuilds: {
    'win32-x64': { asset: 'dragonfly-win32-x64.zip', program: 'dragonfly.exe', keeps: DLLS },
  },
  systems: 'Linux on x86_64 and arm64',
  minGlibc: '2.30',
  licenceFile: 'LICENSE.md',
  sha256: async (version, asset) => {
    const { DRAGONFLY_SHA256 } = await import('./dragonfly/sha256.js')
    const [x86_64, aarch64] = DRAGONFLY_SHA256[version] ?? []
    return { [X86_64]: x86_64, [AARCH64]: aarch64 }[asset]
  },
  bySha256: async sha256 => {
    const { DRAGONFLY_SHA256 } = await import('./dragonfly/sha256.js')
    for (const [version, [x86_64, aarch64]] of Object.entries(DRAGONFLY_SHA256)) {
      if (sha256 === x86_64) return { version, asset: X86_64 }
      if (sha256 === aarch64) return { version, asset: AARCH64 }
    }
    return undefined
  },
}

const VALKEY_ON_MAC = { program: 'bin/valkey-server', keeps: /^(?:[^/]+\/)?(lib\/[^/]+\.dylib)$/ }

// Valkey itself publishes no build for Windows or macOS. hostdb builds them from its sources, with Cygwin on
// Windows.
const valkey: Releases = {
  repo: 'robertjbass/hostdb',
  tag: 'valkey-{version}',
  isShared: true,
  defaultVersion: '9.0.1',
  builds: {
    'win32-x64': {
      asset: 'valkey-{version}-win32-x64.zip',
      program: 'bin/valkey-server.exe',
      keeps: /^(?:[^/]+\/)?(bin\/[^/]+\.dll)$/i,
    },
    'darwin-arm64': { asset: 'valkey-{version}-darwin-arm64.tar.gz', ...VALKEY_ON_MAC },
    'darwin-x64': { asset: 'valkey-{version}-darwin-x64.tar.gz', ...VALKEY_ON_MAC },
  },
  systems: 'Windows on x86_64 and macOS',
  isSubstitute: true,
  ...known({
    '9.0.1': {
      'valkey-9.0.1-win32-x64.zip': '98683ed78c091335b86f8e719460bdc834f320484d4a89c7fd3c2c91d325b36e',
      'valkey-9.0.1-darwin-arm64.tar.gz': '4cfd2aec2120d4d36b2a8cb8b1dd1d292ca0930f940fb7e108bcf415dfdd0183',
      'valkey-9.0.1-darwin-x64.tar.gz': 'bae40b31af7c2a83a58b61a39c23fa6c4d03d307199ed4668a828e6d8de01412',
    },
  }),
}

// Of the two builds this is the one with Cygwin: archives of the other one have lacked libraries.
const redis: Releases = {
  repo: 'redis-windows/redis-windows',
  tag: '{version}',
  defaultVersion: '8.10.2',
  builds: {
    'win32-x64': {
      asset: 'Redis-{version}-Windows-x64-cygwin.zip',
      program: 'redis-server.exe',
      keeps: DLLS,
    },
  },
  systems: 'Windows on x86_64',
  ...known({}),
}

/** There are folders for several versions of .NET; debug symbols are not needed. */
const GARNET_ON_WINDOWS = { program: 'net8.0/GarnetServer.exe', keeps: /^(net8\.0\/.+(?<!\.pdb))$/ }

const garnet: Releases = {
  repo: 'microsoft/garnet',
  tag: 'v{version}',
  defaultVersion: '2.1.5',
  builds: {
    'win32-x64': { asset: 'win-x64-based-readytorun.zip', ...GARNET_ON_WINDOWS },
    'win32-arm64': { asset: 'win-arm64-based-readytorun.zip', ...GARNET_ON_WINDOWS },
  },
  systems: 'Windows on x86_64 and arm64',
  unread: 'for macOS and Linux as .tar.xz, which skyfly does not read',
  ...known({
    '2.1.5': {
      'win-x64-based-readytorun.zip': '7d1d40254ef11dbb12bf59c07b6543a04f2b51049f515cfc9745f556f96c7466',
    },
  }),
}

export const RELEASES: Readonly<Partial<Record<EngineName, Releases>>> = { dragonfly, valkey, redis, garnet }

/** @param sums by version and file */
function known(
  sums: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Pick<Releases, 'sha256' | 'bySha256'> {
  return {
    sha256: async (version, asset) => sums[version]?.[asset],
    bySha256: async sha256 =>
      Object.entries(sums)
        .flatMap(([version, files]) => Object.entries(files).map(([asset, sum]) => ({ version, asset, sum })))
        .find(({ sum }) => sum === sha256),
  }
}
