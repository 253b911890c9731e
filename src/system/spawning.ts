// What a new child process inherits, and how a server is spawned so that it ends with its supervisor.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { descriptorLimit } from './descriptor-limit.js'

/** How a server is spawned on this system: the words before its own command line, and Node's options. */
export async function serverWrapper(): Promise<{
  readonly words: readonly string[]
  readonly detached: boolean
}> {
  // Not detached on Windows, so that the job object ends the server with its supervisor.
  if (process.platform === 'win32') return { words: [], detached: false }
  // The death signal is set first: a supervisor that died before that is no longer the parent, and one that dies after it
  // takes the server along. So none is left that nobody knows.
  const words = [...(await deathSignal()), '/bin/sh', '-c', ENTRY, 'sh', String(process.pid)]
  return { words, detached: true }
}

/**
 * Signals that a server would die by, unsaved, and that it ignores instead, unless it has a use of its own for them.
 * SIGPIPE comes when its supervisor is killed and the log pipe breaks, SIGUSR2 from nodemon, SIGXFSZ at `ulimit -f`.
 */
const IGNORED = 'PIPE QUIT USR1 USR2 ALRM VTALRM PROF XCPU XFSZ'
const ENTRY = `[ "$PPID" = "$1" ] || exit 1; shift; trap "" ${IGNORED}; exec "$@"`

let deathSignalWords: Promise<readonly string[]> | undefined

/** util-linux's setpriv sends a SIGTERM to the server when its supervisor dies. Others cannot. */
function deathSignal(): Promise<readonly string[]> {
  // By path: the server may get another PATH than this process has.
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv', '/run/current-system/sw/bin/setpriv'].find(existsSync)
  deathSignalWords ??= new Promise(resolve => {
    if (setpriv === undefined) return resolve([])
    const words = [setpriv, '--pdeathsig', 'TERM', '--']
    const trial = spawn(setpriv, [...words.slice(1), '/bin/sh', '-c', ':'], { stdio: 'ignore' })
    trial.once('error', () => resolve([]))
    trial.once('exit', code => resolve(code === 0 ? words : []))
  })
  return deathSignalWords
}

/**
 * Descriptors that every child would inherit because whoever started this process left them open, such as a
 * build tool's pipe or a shell's lock. Node closes those up to 15, and the ones above as long as there is no
 * gap.
 */
export function strayDescriptors(): readonly number[] {
  if (process.platform !== 'linux') return []
  const open = readdirSync('/proc/self/fd').map(Number)
  const strays = open.filter(fd => fd > 15 && isInherited(fd))
  // Whoever lowered the limit may have left some open above it, and nothing can be put in their place: a new process keeps
  // those. Node needs a spare one for each of the others while it puts them in place.
  const limit = descriptorLimit() ?? Number.POSITIVE_INFINITY
  return strays.filter(fd => fd + strays.length + SPARE_DESCRIPTORS < limit)
}

const SPARE_DESCRIPTORS = 8

const O_CLOEXEC = 0o2000000

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0
  } catch {
    // It was the descriptor that read the folder.
    return false
  }
}
