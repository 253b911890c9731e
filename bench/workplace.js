// Where a benchmark works: a temporary folder, the processes in it, and the certainty that all of it is gone at the end.
import { spawn } from 'node:child_process'
import { setMaxListeners } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPeers } from './peers.js'

const SKYFLY = fileURLToPath(new URL('../bin/skyfly.js', import.meta.url))

/** @param {{ quick: boolean, peers: boolean }} options */
export async function openWorkplace(options) {
  return new Workplace(options)
}

export class Workplace {
  #ends = []
  #interruption = new AbortController()
  #peers
  #projects = 0

  constructor({ quick, peers }) {
    // Every process listens, and there are many at once.
    setMaxListeners(0, this.#interruption.signal)
    this.quick = quick
    this.wantsPeers = peers
    this.folder = mkdtempSync(join(tmpdir(), 'skyfly-bench-'))
    this.env = ownEnvironment(process.env, this.folder)
    this.atEnd(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  }

  get isInterrupted() {
    return this.#interruption.signal.aborted
  }

  interrupt(signal) {
    if (this.isInterrupted) return
    process.stderr.write(`${signal}: cleaning up ...\n`)
    process.exitCode = 130
    this.#interruption.abort(new Error('interrupted'))
  }

  /** Rounds of a comparison. */
  rounds(full) {
    return this.quick ? Math.max(3, Math.round(full / 4)) : full
  }

  /** Calls back at the end, the last one first. */
  atEnd(end) {
    this.#ends.push(end)
  }

  async close() {
    for (const end of this.#ends.toReversed()) {
      try {
        await end()
      } catch (error) {
        // One that cannot be ended must not keep the others.
        process.stderr.write(`while cleaning up: ${error.message}\n`)
        process.exitCode = 1
      }
    }
  }

  /** pm2 and redis-memory-server, installed when they are first needed; undefined: not wanted, or no registry. */
  peers() {
    this.#peers ??= this.wantsPeers ? installPeers(this) : Promise.resolve(undefined)
    return this.#peers
  }

  /** A new folder below the temporary one. */
  newFolder(name) {
    const folder = join(this.folder, name)
    mkdirSync(folder)
    return folder
  }

  /** A folder to run skyfly in; whatever still runs in it at the end is ended. */
  newProject() {
    this.#projects += 1
    const cwd = this.newFolder(`project-${this.#projects}`)
    const run = (args, options) => this.run(process.execPath, [SKYFLY, ...args], { cwd, ...options })
    this.atEnd(() => run(['stop', '--all', '--force'], { evenInterrupted: true }))
    return { cwd, run }
  }

  /** How long an empty Node program takes: the measure of all commands. */
  async emptyNode() {
    return (await this.run(process.execPath, ['-e', '0'])).ms
  }

  /** Spawns a process that ends with the benchmark, and whatever it spawns with it: it leads a group of its own. */
  spawn(command, args, { cwd = this.folder, env = this.env, evenInterrupted = false } = {}) {
    const { signal } = this.#interruption
    if (!evenInterrupted) signal.throwIfAborted()
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    if (evenInterrupted) return child
    const end = () => endGroup(child.pid)
    signal.addEventListener('abort', end, { once: true })
    child.once('exit', () => signal.removeEventListener('abort', end))
    return child
  }

  /**
   * Runs a program to its end.
   * @returns the time from its spawn to its end, and what it printed
   * @throws when it fails
   */
  run(command, args, options = {}) {
    const start = performance.now()
    const child = this.spawn(command, args, options)
    options.onSpawn?.(child)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.stderr.on('data', chunk => {
      stderr += chunk
    })
    return new Promise((resolve, reject) => {
      let ms = 0
      child.once('error', reject)
      child.once('exit', () => {
        ms = performance.now() - start
      })
      child.once('close', (code, signal) => {
        if (code === 0) resolve({ ms, stdout, stderr })
        else
          reject(new Error(`${signal ?? `exit ${code}`}: ${command} ${args.join(' ')}\n${stdout}${stderr}`))
      })
    })
  }

  /** Lets time pass, for what can only be seen over time. */
  wait(ms) {
    const { signal } = this.#interruption
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
  }
}

/** The user's settings for skyfly must not count here, and temporary files go with the rest. */
function ownEnvironment(env, folder) {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(SKYFLY|DRAGONFLY|DFLY|NODE_OPTIONS|npm_)/.test(name),
  )
  // What is measured is skyfly, not a network.
  return { ...Object.fromEntries(kept), TMPDIR: folder, XDG_CACHE_HOME: folder, SKYFLY_OFFLINE: '1' }
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch (error) {
    // It ended by itself in the same moment.
    if (error.code !== 'ESRCH') throw error
  }
}
