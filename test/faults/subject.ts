// One instance that a trial does something bad to, and what has to hold of it whatever that was.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../../src/supervisor/status.js'
import { command } from '../fixtures/lib/command.mjs'
import { fixture, isAlive, Project, type Ran, redisServer } from '../project.js'

export type EngineName = 'embedded' | 'redis' | 'dragonfly'

const ENGINES: Readonly<Record<EngineName, readonly string[]>> = {
  embedded: ['--engine', 'embedded'],
  redis: ['--engine', 'redis'],
  dragonfly: ['--engine', 'dragonfly', '--binary', fixture('stand-in-dragonfly.sh')],
}

export const ENGINE_NAMES: readonly EngineName[] = [
  'embedded',
  'dragonfly',
  ...(redisServer === undefined ? [] : (['redis'] as const)),
]

export const MODES = ['detach', 'foreground'] as const
export type Mode = (typeof MODES)[number]

const SETTLED_MS = 20_000

export class Subject implements AsyncDisposable {
  readonly project = new Project('skyfly-fault-')
  /** What did not hold, a sentence each. */
  readonly violations: string[] = []
  #foreground: ReturnType<Project['spawn']> | undefined
  #keys = 0

  constructor(
    readonly engine: EngineName,
    readonly mode: Mode,
  ) {}

  get args(): readonly string[] {
    return ['--port', 'auto', ...ENGINES[this.engine]]
  }

  /** Resolves when it is ready. */
  async start(): Promise<Status> {
    if (this.mode === 'detach') return this.project.start(...ENGINES[this.engine])
    this.#foreground = this.project.spawn(['start', ...this.args])
    const status = await this.waitFor(({ state }) => state === 'running')
    if (status === undefined) throw new Error('a start in the foreground was not ready in time')
    return status
  }

  /** Writes keys that the server acknowledges. @returns how many there are now */
  async write(status: Status, count: number): Promise<number> {
    for (let left = count; left > 0; left -= 1) {
      const answer = await command(status.port ?? 0, `SET key:${this.#keys} value:${this.#keys}`)
      if (answer !== '+OK') throw new Error(`SET was answered by ${answer}`)
      this.#keys += 1
    }
    return this.#keys
  }

  async save(status: Status): Promise<void> {
    const answer = await command(status.port ?? 0, 'SAVE')
    if (answer !== '+OK') throw new Error(`SAVE was answered by ${answer}`)
  }

  /** The status once it is as asked; undefined: it never was. */
  async waitFor(isSo: (status: Status) => boolean, ms = SETTLED_MS): Promise<Status | undefined> {
    const deadline = performance.now() + ms
    while (performance.now() < deadline) {
      const status = await this.project.status().catch(() => undefined)
      if (status !== undefined && isSo(status)) return status
      await sleep(10)
    }
    return undefined
  }

  /** What `skyfly status` says, and whether that is true. */
  async status(): Promise<Status> {
    const ran = await this.project.skyfly('status', '--json')
    this.#expectSane('status', ran)
    return JSON.parse(ran.stdout || '{}') as Status
  }

  /** Starts again after the fault, and holds what is there against what was promised: the first `promised` keys. */
  async recovers(promised: number): Promise<void> {
    const ran = await this.project.skyfly('start', '--detach', '--json', ...this.args)
    this.#expectSane('start', ran)
    if (ran.exitCode !== 0) return this.#violated(`start ended with ${ran.exitCode}: ${ran.stderr}`)
    const { port } = JSON.parse(ran.stdout) as Status
    for (let key = 0; key < promised; key += 1) {
      const answer = await this.#asked(port, `GET key:${key}`)
      if (!answer.endsWith(`value:${key}`))
        return this.#violated(`key:${key} of ${promised} is lost: ${answer}`)
    }
    const servers = this.processes().filter(({ isServer }) => isServer)
    if (servers.length !== 1) this.#violated(`${servers.length} servers run in one data folder`)
  }

  /** A server that was ending when it was asked is started again, and asked again. */
  async #asked(port: number | null, words: string): Promise<string> {
    try {
      return await command(port ?? 0, words)
    } catch {
      const status = await this.waitFor(({ state }) => state === 'running')
      return command(status?.port ?? 0, words)
    }
  }

  /** Stops it, after which nothing of it is left. */
  async stops(): Promise<void> {
    const ran = await this.project.skyfly('stop')
    this.#expectSane('stop', ran)
    if (ran.exitCode !== 0) this.#violated(`stop ended with ${ran.exitCode}: ${ran.stderr}`)
    await this.#foreground
    const left = this.processes()
    if (left.length > 0)
      this.#violated(`left running: ${left.map(({ pid, words }) => `${pid} ${words}`).join('; ')}`)
    const files = this.project.leftovers()
    if (files.length > 0) this.#violated(`left in data/: ${files.join(', ')}`)
  }

  /** The processes that name this project's folders: server, supervisor in the background, wrappers. */
  processes(): readonly { readonly pid: number; readonly words: string; readonly isServer: boolean }[] {
    const data = `${this.project.dir}/data/`
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => {
        const pid = Number(name)
        const words = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim()
        const isServer = words.includes(data) || serves(pid, data)
        const isOfProject = isServer || (words === 'skyfly' && link(`/proc/${name}/cwd`) === this.project.dir)
        return isOfProject && isAlive(pid) ? [{ pid, words, isServer }] : []
      })
  }

  /** A message that says "this is a bug", or JSON that is none, is a violation wherever it comes from. */
  #expectSane(what: string, { stdout, stderr }: Ran): void {
    if (/this is a bug/.test(stderr)) this.#violated(`${what} says that it is a bug: ${stderr}`)
    if (what !== 'stop' && stdout !== '' && !stdout.startsWith('{'))
      this.#violated(`${what} prints no JSON: ${stdout}`)
  }

  #violated(what: string): void {
    this.violations.push(what)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.project[Symbol.asyncDispose]()
    // What a violation left is this trial's own: it names the folder of its project.
    for (const { pid } of this.processes()) kill(pid)
    await this.#foreground
  }
}

/** redis-server sets its own title, so it is known by where it works: in its data folder. */
function serves(pid: number, data: string): boolean {
  const cwd = link(`/proc/${pid}/cwd`)
  return cwd !== undefined && `${cwd}/`.startsWith(data)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
