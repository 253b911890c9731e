// Where downloaded server programs are kept and why there, and making that folder.
import { readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Config } from '../../config/config.js'
import type { SkyflyError } from '../../errors.js'
import { cannotWrite } from '../../system/cannot-write.js'
import { isFolder, makeWritable } from '../../system/folders.js'
import { homeFolder, userCacheFolder } from '../../system/platform.js'

export interface CacheFolder {
  /** Absolute. */
  readonly dir: string
  /** In words for people. */
  readonly why: string
}

const PROJECT_FOLDER = 'bin-cache'

export function cacheFolder(
  { root, cacheDir, sources }: Pick<Config, 'root' | 'cacheDir' | 'sources'>,
  env: NodeJS.ProcessEnv,
  home = homeFolder(),
): CacheFolder {
  if (cacheDir !== undefined) return { dir: cacheDir, why: `from ${sources.cacheDir ?? 'the settings'}` }
  const inProject = join(root, PROJECT_FOLDER)
  if (isFolder(inProject)) return { dir: inProject, why: `this project has a folder ${PROJECT_FOLDER}` }
  const why = `the user's cache folder: this project has no folder ${PROJECT_FOLDER}, and SKYFLY_CACHE_DIR names none`
  const ofUser = userCacheFolder(env, home)
  if (ofUser !== undefined) return { dir: ofUser, why }
  return {
    dir: inProject,
    why: 'in the project, as this user has no home folder, and SKYFLY_CACHE_DIR names none',
  }
}

/**
 * Makes it where it is missing. A folder that was there before is not marked as a cache: it may be somebody's
 * home.
 * @returns whether it was missing
 * @throws SkyflyError `download` when it cannot be made or written
 */
export function makeCacheFolder(dir: string): boolean {
  if (!makeWritable(dir, { ...CACHE_FAILURE, what: `the cache ${dir}` })) return false
  try {
    writeFileSync(join(dir, TAG_FILE), CACHEDIR_TAG)
    return true
  } catch (cause) {
    throw cannotWriteCache(cause, `the cache ${dir}`)
  }
}

/**
 * Removes a folder that was just made for nothing. In a project it would decide where everybody's programs are kept
 * from now on; any other does no harm.
 */
export function removeUnusedCacheFolder(dir: string): void {
  if (basename(dir) !== PROJECT_FOLDER) return
  try {
    if (readdirSync(dir).some(name => name !== TAG_FILE)) return
    rmSync(join(dir, TAG_FILE), { force: true })
    rmdirSync(dir)
  } catch {
    // Another process has begun to use it.
  }
}

/** @param what the cache, or something in it */
export function cannotWriteCache(cause: unknown, what: string): SkyflyError {
  return cannotWrite(cause, { ...CACHE_FAILURE, what })
}

const CACHE_FAILURE = { code: 'download', hint: 'use another folder: SKYFLY_CACHE_DIR=FOLDER' } as const

const TAG_FILE = 'CACHEDIR.TAG'

/** Backup tools pass over a folder with this file (https://bford.info/cachedir/). */
const CACHEDIR_TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This folder holds server programs that skyfly downloaded. It may be removed at any time.
`
