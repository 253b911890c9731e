// Ports: finding a free one, and naming who holds one that is taken.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Config, nameFlag } from '../../config/config.js'
import type { Finding } from '../../errors.js'
import { host as system } from '../../system/platform.js'
import { system32 } from '../../system/windows.js'
import { reachable } from './address.js'

/** Who listens on a port, as far as the system tells. */
export interface PortOwner {
  readonly pid: number | undefined
  readonly command: string | undefined
}

/** A port that is free at this moment; a later bind may still lose it to somebody. */
export async function freePort(host: string): Promise<number> {
  return bindOnce(host, 0)
}

/** Who has the port on that address; undefined: nobody. */
export async function portOwner(host: string, port: number): Promise<PortOwner | undefined> {
  const found = await lookAtPort(host, port)
  return 'owner' in found ? found.owner : undefined
}

/** Why this instance could not listen on its address and port. */
export async function unusablePort({ host, port, name }: Config): Promise<Finding | undefined> {
  const deadline = performance.now() + PORT_LINGERS_MS
  for (;;) {
    // For `auto`, only ask whether this machine has that address.
    const found = await lookAtPort(host, port === 'auto' ? 0 : port)
    if ('finding' in found) return found.finding
    if (found.owner === undefined || port === 'auto') return undefined
    if (found.owner.pid !== undefined || performance.now() > deadline)
      return portTaken(port, found.owner, name)
    await pause(5)
  }
}

/** `owner` undefined: the port is free. */
type PortLook = { readonly owner: PortOwner | undefined } | { readonly finding: Finding }

async function lookAtPort(host: string, port: number): Promise<PortLook> {
  try {
    await bindOnce(host, port)
    const isTaken = isShared() && (await isAnswered(host, port))
    return { owner: isTaken ? await ownerOf(port) : undefined }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') return { owner: await ownerOf(port) }
    if (code === 'EACCES') return { finding: portForbidden(port) }
    return {
      finding: {
        code: 'usage',
        what: `cannot listen on ${host}: ${message}`,
        why: NOT_LISTENING,
        hint: 'use --host with an address of this machine, such as 127.0.0.1',
      },
    }
  }
}

const NOT_LISTENING = 'a server that cannot listen ends at once'

/**
 * On these systems a port that another program has on every address can be taken on one, and then has two
 * listeners.
 */
const isShared = () => system().platform !== 'linux'

function isAnswered(host: string, port: number): Promise<boolean> {
  if (port === 0) return Promise.resolve(false)
  return new Promise(resolve => {
    const socket = connect({ host: reachable(host), port })
    const done = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    // A connection to a free port may connect to itself.
    socket.once('connect', () => done(socket.localPort !== port)).once('error', () => done(false))
    // A firewall may swallow it; a listener on this machine answers at once.
    socket.setTimeout(ANSWER_MS, () => done(false))
  })
}

const ANSWER_MS = 500

async function ownerOf(port: number): Promise<PortOwner> {
  return (await OWNERS[system().platform]?.(port)) ?? { pid: undefined, command: undefined }
}

function portForbidden(port: number): Finding {
  // Hyper-V, WSL and Docker set whole ranges of ports aside for themselves.
  if (system().platform === 'win32')
    return {
      code: 'start-failed',
      what: `Windows does not let programs listen on port ${port}`,
      why: NOT_LISTENING,
      hint: 'use another port, or --port auto; the ranges that are set aside: netsh interface ipv4 show excludedportrange protocol=tcp',
    }
  return {
    code: 'start-failed',
    what: `port ${port} needs more rights than this user has`,
    why: NOT_LISTENING,
    hint: 'use a port from 1024 upwards, or --port auto',
  }
}

/** The kernel keeps the port of a killed Dragonfly for 4 to 10 ms (io_uring), and names no owner for it. */
const PORT_LINGERS_MS = 100

function portTaken(port: number, owner: PortOwner, name: string): Finding {
  const who =
    owner.pid === undefined ? 'another program' : `${owner.command ?? 'a process'} (pid ${owner.pid})`
  const isUnnamed = owner.pid === undefined && system().platform === 'win32'
  const look = isUnnamed ? `; who has it: netstat -ano | findstr :${port}` : ''
  return {
    code: 'start-failed',
    what: `port ${port} is taken by ${who}`,
    why: NOT_LISTENING,
    hint: `take any free port with: skyfly start${nameFlag(name)} --port auto${look}`,
  }
}

function bindOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo
      server.close(() => resolve(bound))
    })
  })
}

const OWNERS: Partial<Record<NodeJS.Platform, (port: number) => Promise<PortOwner | undefined>>> = {
  linux: async port => ownerInProc(port),
  darwin: ownerByLsof,
  win32: ownerByNetstat,
}

function ownerInProc(port: number): PortOwner | undefined {
  const inodes = new Set([...listeners('/proc/net/tcp', port), ...listeners('/proc/net/tcp6', port)])
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
        if (inode === undefined || !inodes.has(inode)) continue
        const command = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
        return { pid: Number(pid), command }
      }
    } catch {
      // It ended meanwhile, or belongs to another user: go on searching.
    }
  }
  return undefined
}

/** Inodes of the listening sockets on a port; the line's state 0A is LISTEN. */
function listeners(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  try {
    return readFileSync(table, 'utf8')
      .split('\n')
      .map(line => line.trim().split(/\s+/))
      .filter(fields => fields[1]?.endsWith(suffix) && fields[3] === '0A')
      .flatMap(fields => fields[9] ?? [])
  } catch {
    // No IPv6, or no /proc: the owner stays unnamed.
    return []
  }
}

function ownerByLsof(port: number): Promise<PortOwner | undefined> {
  return new Promise(resolve => {
    execFile('lsof', ['-nP', '-Fpc', `-iTCP:${port}`, '-sTCP:LISTEN'], (error, stdout) => {
      const pid = /^p(\d+)$/m.exec(stdout)?.[1]
      resolve(
        error !== null || pid === undefined
          ? undefined
          : { pid: Number(pid), command: /^c(.+)$/m.exec(stdout)?.[1] },
      )
    })
  })
}

/**
 * `TCP  127.0.0.1:6379  0.0.0.0:0  LISTENING  4711`, with the word LISTENING in the language of the system.
 */
async function ownerByNetstat(port: number): Promise<PortOwner | undefined> {
  const table = await printed('NETSTAT.EXE', ['-ano'])
  const listener = new RegExp(
    `^\\s*TCP\\s+\\S+:${port}\\s+(?:0\\.0\\.0\\.0|\\[::\\]):0\\s+\\S+\\s+(\\d+)\\s*$`,
    'm',
  )
  const pid = listener.exec(table)?.[1]
  if (pid === undefined) return undefined
  const row = await printed('tasklist.exe', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
  return { pid: Number(pid), command: /^"([^"]+)"/m.exec(row)?.[1] }
}

/** What a program of Windows prints; empty if it cannot be run. */
function printed(program: string, args: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    execFile(system32(program), [...args], { windowsHide: true, timeout: 5_000 }, (_, stdout) =>
      resolve(stdout ?? ''),
    )
  })
}
