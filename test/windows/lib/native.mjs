// The native programs beside this folder: what each is called, and how it is compiled.
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../native/', import.meta.url))

/** File name of a program -> its source, and what the compiler is told besides. */
export const PROGRAMS = {
  'dragonfly.exe': { source: 'stand-in-dragonfly.c', options: ['-municode', '-lws2_32'] },
  'run-script.exe': { source: 'run-script.c', options: ['-municode'] },
  'taskkill.exe': { source: 'taskkill.c', options: [] },
  'powershell.exe': { source: 'powershell.c', options: [] },
  'bcryptprimitives.dll': { source: 'bcryptprimitives.c', options: ['-shared', '-ladvapi32'] },
}

/** Compiles what is missing or older than its source, and gives its path. Many processes may do it at the same time. */
export function compile(name, { compiler, folder }) {
  const { source, options } = PROGRAMS[name]
  const [from, to] = [join(SOURCES, source), join(folder, name)]
  const built = statSync(to, { throwIfNoEntry: false })
  if (built !== undefined && built.mtimeMs > statSync(from).mtimeMs) return to
  mkdirSync(folder, { recursive: true })
  const unfinished = `${to}.${process.pid}.tmp`
  execFileSync(
    compiler,
    ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-s', from, '-o', unfinished, ...options],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  try {
    renameSync(unfinished, to)
  } catch (error) {
    // Windows replaces no program that runs: another process was faster, and made the same.
    rmSync(unfinished)
    if (statSync(to, { throwIfNoEntry: false }) === undefined) throw error
  }
  return to
}
