// Whether .NET is on this machine, found without running anything, in the places where programs look for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import type { BuildTarget } from '../../system/platform.js'
import type { Release } from '../install/release-asset.js'
import { compareVersions } from './compare-versions.js'

export interface DotnetInput {
  readonly target: BuildTarget
  /** With DOTNET_ROOT, and ProgramFiles. */
  readonly env: NodeJS.ProcessEnv
}

/** What is read from the disk. */
export interface Disk {
  readonly isThere: (path: string) => boolean
  /** Names in a folder; empty: there is none. */
  readonly names: (folder: string) => readonly string[]
  /** Empty: there is no such file. */
  readonly text: (file: string) => string
}

export type Dotnet =
  /** The newest version of the runtime. */
  | { readonly version: string; readonly root: string }
  /** Why not, a clause. */
  | { readonly missing: string }

/** The oldest runtime that Garnet runs on; it takes any newer one. */
const LEAST = 8

/** Pure except for reading the disk. */
export function findDotnet({ target, env }: DotnetInput, disk: Disk = DISK): Dotnet {
  // The first folder that exists decides, whatever is in it; so it does for the program itself.
  const root = rootsOf(target, env, disk).find(disk.isThere)
  if (root === undefined) return { missing: 'there is none' }
  // A program needs the runtime, and the resolver (hostfxr) that finds the runtime.
  const finders = disk.names(join(root, 'host', 'fxr'))
  const newest = disk
    .names(join(root, 'shared', 'Microsoft.NETCore.App'))
    .filter(version => majorOf(version) >= LEAST)
    .sort(compareVersions)
    .at(-1)
  if (newest !== undefined && finders.some(version => majorOf(version) >= LEAST))
    return { version: newest, root }
  return { missing: `there is none in ${root}` }
}

/** @throws SkyflyError `no-engine` where an engine needs .NET, and it is not there */
export function assertDotnet(
  { engine, target }: Pick<Release, 'engine' | 'target'>,
  env: NodeJS.ProcessEnv,
): void {
  if (ENGINES[engine].needs !== 'dotnet') return
  const found = findDotnet({ target, env })
  if (!('missing' in found)) return
  throw new SkyflyError(
    'no-engine',
    `${engine} needs the runtime of .NET ${LEAST} or newer, and ${found.missing}`,
    { hint: installDotnet(target) },
  )
}

function installDotnet(target: BuildTarget): string {
  const winget = target.startsWith('win32-') ? `winget install Microsoft.DotNet.Runtime.${LEAST}, or ` : ''
  return `install it: ${winget}https://dotnet.microsoft.com/download; if it has a folder of its own, name that in DOTNET_ROOT`
}

/** Best first. */
function rootsOf(target: BuildTarget, env: NodeJS.ProcessEnv, disk: Disk): readonly string[] {
  const [platform = '', arch = ''] = target.split('-')
  const named = env[`DOTNET_ROOT_${arch.toUpperCase()}`] || env.DOTNET_ROOT
  const places =
    platform === 'win32' ? windowsRoots(env) : [...registered(arch, disk), ...(ROOTS[platform] ?? [])]
  return [named ?? '', ...places].filter(root => root !== '')
}

/** To a 32-bit Node, ProgramFiles is another folder. */
function windowsRoots(env: NodeJS.ProcessEnv): readonly string[] {
  const folder = env.ProgramW6432 || env.ProgramFiles || 'C:\\Program Files'
  return [join(folder, 'dotnet')]
}

function registered(arch: string, disk: Disk): readonly string[] {
  const files = [`install_location_${arch}`, 'install_location'].map(name => join('/etc/dotnet', name))
  return files.map(file => disk.text(file).split('\n')[0]?.trim() ?? '')
}

const ROOTS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['/usr/local/share/dotnet'],
  linux: ['/usr/share/dotnet', '/usr/lib/dotnet', '/usr/lib64/dotnet'],
}

function majorOf(version: string): number {
  return Number(/^(\d+)\.\d+\.\d+/.exec(version)?.[1] ?? 0)
}

const DISK: Disk = {
  isThere: existsSync,
  names: folder => {
    try {
      return readdirSync(folder)
    } catch {
      // Missing, or unreadable, which is the same for the program.
      return []
    }
  },
  text: file => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  },
}
