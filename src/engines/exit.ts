// What the end of a process means, in plain words.
import { constants } from 'node:os'

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** What else is known about the process. */
export interface ExitContext {
  /** False: it ended before it answered. */
  readonly wasReady?: boolean
  readonly platform?: NodeJS.Platform
}

/** Says how a server ended: `exited with code 1`, `killed by SIGILL: ...`. */
export function describeExit({ code, signal }: Exit, { wasReady, platform }: ExitContext = {}): string {
  if (signal !== null) return bySignal(signal)
  if (code === null) return 'ended'
  const status = STATUSES[code]
  if (status !== undefined)
    return `exited with code 0x${code.toString(16).toUpperCase()} (${code}): ${status}`
  // Garnet ends like this when it cannot start.
  if (code === 0 && wasReady === false)
    return 'exited with code 0 before it was ready: its last lines say why'
  if (code === 1 && wasReady && platform === 'win32') return `exited with code 1: ${TERMINATED}`
  if (DOTNET[code] !== undefined) return `exited with code ${code}: ${DOTNET[code]}`
  // A shell or a wrapper in between reports a signal as 128 plus its number.
  const behind = code > 128 ? SIGNALS.get(code - 128) : undefined
  if (behind !== undefined && MEANINGS[behind] !== undefined) return bySignal(behind)
  const meaning = CODES[code]
  return `exited with code ${code}${meaning === undefined ? '' : `: ${meaning}`}`
}

const OLD_PROCESSOR =
  'this processor lacks an instruction the program needs (Dragonfly needs SSE4.1 and popcnt, or ARMv8.1)'
const CRASHED = 'the program crashed, by a bug of its own or a damaged file'
const GAVE_UP = 'it gave up by itself; its last lines say why'

const MEANINGS: Readonly<Record<string, string>> = {
  SIGILL: OLD_PROCESSOR,
  SIGKILL: 'by the system because memory ran out, or by a kill -9',
  SIGSEGV: CRASHED,
  SIGBUS: 'the program crashed, by a bug of its own, a damaged file or a full disk',
  SIGABRT: GAVE_UP,
  SIGFPE: 'the program crashed, by a bug of its own',
  SIGTRAP: 'the program crashed, by a bug of its own',
  SIGPIPE: 'nobody read its log any more',
  SIGSYS: 'a sandbox forbids a system call that it needs',
  SIGXCPU: 'its limit of processor time (ulimit -t) was reached',
  SIGXFSZ: 'its limit of file size (ulimit -f) was reached',
  SIGTERM: 'somebody asked it to end',
  SIGINT: 'somebody pressed Ctrl-C',
  SIGHUP: 'its terminal was closed',
  SIGQUIT: 'somebody pressed Ctrl-\\',
}

/** The exit code on Windows after taskkill, the Task Manager or a kill by Node. */
const TERMINATED = 'somebody ended it (Task Manager, taskkill), or an error of its own did'

const NO_DOTNET = 'it found no .NET runtime; install .NET 8 or newer'
const OLD_DOTNET = 'it found no .NET runtime as new as it needs; install the newest .NET'

/** Statuses of Windows, unsigned as Node gives them. A program that fails like this prints nothing. */
const STATUSES: Readonly<Record<number, string>> = {
  3221225477: CRASHED,
  3221225501: OLD_PROCESSOR,
  3221225595:
    'a DLL that it found is for another processor: keep it in a folder with the DLLs of its own build',
  3221225725: CRASHED,
  3221225781:
    'a DLL that it needs was not found: keep it in a folder with all the DLLs of its build (cygwin1.dll, msys-2.0.dll), or install the Visual C++ runtime (vc_redist.x64.exe)',
  3221225785: 'a DLL that it found is of another version: keep it in a folder with the DLLs of its own build',
  3221225786: 'somebody pressed Ctrl-C, or its console was closed',
  3221225794: 'a DLL that it needs could not begin: Windows was short of memory, or was shutting down',
  3221226356: CRASHED,
  3221226505: GAVE_UP,
  3762504530: 'it failed inside .NET; its last lines say why',
  2147516547: NO_DOTNET,
  2147516566: OLD_DOTNET,
}

/**
 * The lowest byte of the same two on other systems. It cannot mean a signal, since no shell stays between.
 */
const DOTNET: Readonly<Record<number, string>> = { 131: NO_DOTNET, 150: OLD_DOTNET }

const CODES: Readonly<Record<number, string>> = {
  126: 'the program may not be executed, or is for another machine',
  127: 'the program, or the loader it asks for, was not found',
}

const SIGNALS: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
)

function bySignal(signal: string): string {
  const meaning = MEANINGS[signal]
  return `killed by ${signal}${meaning === undefined ? '' : `: ${meaning}`}`
}
