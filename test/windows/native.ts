// Where the native programs for tests on Windows are: given by the runner under Wine, compiled by gcc elsewhere.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from './lib/native.mjs'

const OWN_FOLDER = fileURLToPath(new URL('../../node_modules/.cache/skyfly-native', import.meta.url))

/** Said where a test is skipped for want of them. */
export const NO_NATIVE = 'needs Windows and gcc, such as that of MinGW, on PATH'

let hasGcc: boolean | undefined

/** Path of a native program; undefined: not on Windows, or no gcc to compile it with. */
export function nativeProgram(name: 'dragonfly.exe' | 'run-script.exe'): string | undefined {
  if (process.platform !== 'win32') return undefined
  const given = process.env.SKYFLY_TEST_NATIVE
  if (given !== undefined) return join(given, name)
  hasGcc ??= spawnSync('gcc', ['--version']).status === 0
  return hasGcc ? compile(name, { compiler: 'gcc', folder: OWN_FOLDER }) : undefined
}

/**
 * A program that runs a script, for where only a program will do: `--binary` on Windows.
 * @param script absolute path of a .mjs file
 * @returns undefined: as {@link nativeProgram}
 */
export function scriptProgram(script: string): string | undefined {
  const launcher = nativeProgram('run-script.exe')
  if (launcher === undefined) return undefined
  const recipe = `${process.execPath}\n${script}\n`
  const folder = join(OWN_FOLDER, createHash('sha256').update(recipe).digest('hex').slice(0, 8))
  const program = join(folder, `${basename(script, '.mjs')}.exe`)
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  writeFileSync(program.replace(/exe$/, 'run'), recipe)
  const unfinished = `${program}.${process.pid}.tmp`
  copyFileSync(launcher, unfinished)
  try {
    renameSync(unfinished, program)
  } catch (error) {
    // Another test file was faster, and its copy runs already.
    rmSync(unfinished)
    if (!existsSync(program)) throw error
  }
  return program
}
