// What the end of a process means, in words.
import { constants } from 'node:os'

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** Says how a server ended: `exited with code 1`, `killed by SIGILL: ...`. */
export function describeExit({ code, signal }: Exit): string {
  if (signal !== null) return bySignal(signal)
  if (code === null) return 'ended'
  // A shell or a wrapper in between tells of a signal by 128 and its number.
  const behind = code > 128 ? SIGNALS.get(code - 128) : undefined
  if (behind !== undefined && MEANINGS[behind] !== undefined) return bySignal(behind)
  const meaning = CODES[code]
  return `exited with code ${code}${meaning === undefined ? '' : `: ${meaning}`}`
}

const MEANINGS: Readonly<Record<string, string>> = {
  SIGILL:
    'this processor lacks an instruction the program needs (Dragonfly needs SSE4.1 and popcnt, or ARMv8.1)',
  SIGKILL: 'by the system because memory ran out, or by a kill -9',
  SIGSEGV: 'the program crashed, by a bug of its own or a damaged file',
  SIGBUS: 'the program crashed, by a bug of its own, a damaged file or a full disk',
  SIGABRT: 'it gave up by itself; its last lines say why',
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
