// What a project says about its instances: finding its root, reading .env and skyfly.json, listing the names.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { SkyflyError } from '../errors.js'
import { isInstanceName } from './kinds.js'
import type { Variables } from './layers.js'
import { EMPTY_PROJECT_FILE, PROJECT_FILE, type ProjectFile, parseProjectFile } from './skyfly-json.js'

/** What was found in the files of a project. */
export interface Project {
  /** The nearest folder upwards with a skyfly.json, else the working folder; free of symbolic links. */
  readonly root: string
  readonly dotenv: Variables
  readonly project: ProjectFile
}

/**
 * Reads the project that `cwd` is in. Synchronous, since nothing can be done before, and these are two small
 * files. Throws SkyflyError `usage` where a file cannot be read, or, unless `lenient`, understood.
 */
export function readProject(cwd: string, { lenient = false } = {}): Project {
  const root = findRoot(cwd)
  const dotenv = readText(join(root, '.env'))
  const file = join(root, PROJECT_FILE)
  const text = readText(file)
  return {
    root,
    dotenv: dotenv === undefined ? {} : parseEnv(dotenv),
    project: text === undefined ? EMPTY_PROJECT_FILE : parsed(text, file, lenient),
  }
}

function parsed(text: string, file: string, lenient: boolean): ProjectFile {
  try {
    return parseProjectFile(text, file)
  } catch (error) {
    // A misplaced comma must not keep anybody from stopping what runs.
    if (lenient) return EMPTY_PROJECT_FILE
    throw error
  }
}

/** Names of the instances that skyfly.json declares or that have left a state file, sorted. */
export function instanceNames(root: string, project: ProjectFile): readonly string[] {
  const left = listFolder(join(root, 'data'))
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
  return [...new Set([...project.instances.keys(), ...left.filter(isInstanceName)])].sort()
}

function findRoot(cwd: string): string {
  const start = realFolder(cwd)
  let folder = start
  while (!existsSync(join(folder, PROJECT_FILE))) {
    const above = dirname(folder)
    if (above === folder) return start
    folder = above
  }
  return folder
}

/** Without symbolic links, so that an instance has one control socket however its project is reached. */
function realFolder(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (cause) {
    const message = `the working folder ${path} cannot be entered: ${(cause as Error).message}`
    throw new SkyflyError('usage', message, { hint: 'change to a folder that exists', cause })
  }
}

/** The text of a file, or undefined where there is none. */
function readText(path: string): string | undefined {
  try {
    const bytes = readFileSync(path)
    // Windows PowerShell writes UTF-16 when a file is made with `>`. The decoder drops the byte order mark.
    const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
    return new TextDecoder(encoding).decode(bytes)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SkyflyError('usage', `${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'make it a readable file, or remove it',
      cause,
    })
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new SkyflyError('usage', `${path} cannot be listed: ${(cause as Error).message}`, {
      hint: 'make it a readable folder, or remove it',
      cause,
    })
  }
}
