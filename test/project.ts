// A project folder of its own for one test: runs the built command line in it, and leaves nothing behind.
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { instanceFiles } from '../src/config/files.js'
import { onPath } from '../src/servers/search/executable-path.js'
import { callControl } from '../src/supervisor/control/client.js'
import type { Status } from '../src/supervisor/status.js'
import { hasSocketFiles, newPipe } from '../src/system/socket-names.js'
import { isWindows, runnable } from './system.js'

const SKYFLY = fileURLToPath(new URL('../bin/skyfly.js', import.meta.url))
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url))

/** Path of a fixture program; see `runsFixtures`. */
export const fixture = (name: string): string => runnable(FIXTURES, name)

/** The real redis-server, where it is on this machine. The ports to Windows are others: older, or made for Cygwin. */
export const redisServer: string | undefined = isWindows
  ? undefined
  : onPath('redis-server', { env: process.env, platform: process.platform })

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export class Project implements AsyncDisposable {
  readonly dir: string
  readonly env: Record<string, string>

  constructor(dirName = 'skyfly-test-') {
    // As skyfly calls it: TEMP may hold a short name, such as RUNNER~1, and on macOS a link.
    this.dir = mkdtempSync(join(realpathSync.native(tmpdir()), dirName))
    // Settings of the machine the tests run on are not theirs.
    const own = Object.entries(process.env)
      // To Windows, Path is PATH: what a test sets there replaces it.
      .map(([name, value]) => [isWindows ? name.toUpperCase() : name, value] as const)
      .filter(([name]) => !/^(SKYFLY|DRAGONFLY|DFLY)_|^NO_COLOR$|^FORCE_COLOR$/.test(name))
    this.env = {
      ...Object.fromEntries(own.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
      // No test depends on a network, or on what this user has downloaded; those of downloads say so.
      SKYFLY_OFFLINE: 'yes',
      XDG_CACHE_HOME: join(this.dir, '.cache'),
      LOCALAPPDATA: join(this.dir, '.cache'),
    }
  }

  /** Starts `skyfly ...args` and hands out the process. Without `buffer` its output is read by the test, or by nobody. */
  spawn(args: readonly string[], env: Record<string, string> = {}, { buffer = true, cwd = this.dir } = {}) {
    return execa(process.execPath, [SKYFLY, ...args], {
      cwd,
      env: { ...this.env, ...env },
      extendEnv: false,
      reject: false,
      buffer,
      stdin: 'ignore',
    })
  }

  /** Runs `skyfly ...args` to its end. */
  async skyfly(...args: readonly string[]): Promise<Ran> {
    const { exitCode, stdout, stderr } = await this.spawn(args)
    return { exitCode: exitCode ?? -1, stdout, stderr }
  }

  /** Runs a line of the shell in the project, $NODE and $SKYFLY being the command line. */
  async sh(line: string): Promise<Ran> {
    const env = { ...this.env, NODE: process.execPath, SKYFLY }
    const options = { cwd: this.dir, env, extendEnv: false, reject: false, stdin: 'ignore' } as const
    const { exitCode, stdout, stderr } = await execa('/bin/sh', ['-c', line], options)
    return { exitCode: exitCode ?? -1, stdout, stderr }
  }

  /** As `skyfly start --detach --port auto ...args`, and fails the test if that fails. */
  async start(...args: readonly string[]): Promise<Status> {
    const ran = await this.skyfly('start', '--detach', '--json', '--port', 'auto', ...args)
    if (ran.exitCode !== 0) throw new Error(`start ended with ${ran.exitCode}: ${ran.stdout}${ran.stderr}`)
    return JSON.parse(ran.stdout) as Status
  }

  /** The supervisor's own word, without a process in between. */
  async status(name = 'dragonfly'): Promise<Status | undefined> {
    return callControl<Status>(instanceFiles(this.dir, name), { do: 'status' })
  }

  /** Where a supervisor is asked. */
  get controlSocket(): string {
    const { controlSocket } = instanceFiles(this.dir, 'dragonfly')
    if (hasSocketFiles()) return controlSocket
    // There it is a pipe, which a file names.
    if (!existsSync(controlSocket)) writeFileSync(controlSocket, newPipe())
    return readFileSync(controlSocket, 'utf8')
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8')
  }

  /** Files in data/ that must not outlive an instance. */
  leftovers(): readonly string[] {
    const data = join(this.dir, 'data')
    return existsSync(data) ? readdirSync(data).filter(file => /\.(pid|sock|tmp)$/.test(file)) : []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.skyfly('stop', '--all', '--force')
    // Windows keeps the working folder of a process that is just ending.
    await rm(this.dir, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
  }
}

/** Resolves when the condition holds; a test that waits in vain ends by its own time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Whether a process lives: a zombie does not. */
export function isAlive(pid: number): boolean {
  // Under Wine there is a /proc, and the PIDs in it are others.
  if (process.platform === 'win32') return signals(pid)
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // Without /proc the kernel is asked.
    return existsSync('/proc/self') ? false : signals(pid)
  }
}

function signals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
