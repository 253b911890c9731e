// What the system that runs the tests lacks: each test that needs it says why it is skipped there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { nativeProgram, scriptProgram } from './windows/native.js'

export const isWindows = process.platform === 'win32'
export const isLinux = process.platform === 'linux'
const isMac = process.platform === 'darwin'

/** Wine says that it is Windows, and lacks some of it. */
const isWine = process.env.SKYFLY_TEST_WINE !== undefined

/** Instead of `it`, with what Windows lacks for this test. */
export const itOnPosix = (_reason: string) => it.skipIf(isWindows)

/** Instead of `it`: where a server ends with its supervisor, by a signal on Linux and a job on Windows. macOS has neither. */
export const itWhereServersEnd = it.skipIf(isMac)

/** Instead of `it`, with what Wine lacks for this test; Windows has it. */
export const itNotInWine = (_reason: string) => it.skipIf(isWine)

/** Instead of `it`, with what /proc of Linux is needed for. */
export const itWithProc = (_reason: string) => it.skipIf(isWindows || !existsSync('/proc/self'))

/** Windows runs no script with a shebang: gcc makes programs of them, where it is. */
export const runsFixtures = !isWindows || nativeProgram('run-script.exe') !== undefined

/** Path of what runs a .mjs file of a folder as a program. */
export function runnable(folder: string, name: string): string {
  const script = join(folder, name)
  return scriptProgram(script) ?? script
}

/** Whether a test may mount a file system of its own, in a namespace that goes with its processes. */
export const canMount =
  isLinux &&
  spawnSync('/usr/bin/env', ['unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
