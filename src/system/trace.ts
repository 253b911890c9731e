// What skyfly decides and does, told to one listener. Without one, which is the rule, a trace costs a
// comparison.

export type TraceTopic =
  | 'command'
  | 'config'
  | 'search'
  | 'probe'
  | 'install'
  | 'download'
  | 'spawn'
  | 'server'
  | 'health'
  | 'control'

export type TraceListener = (topic: TraceTopic, text: string) => void

let listener: TraceListener | undefined
let last: TraceTopic | undefined

/** Of the whole process: the last one that was given is told. */
export function listenToTrace(next: TraceListener | undefined): void {
  listener = next
}

export const isTraced = (): boolean => listener !== undefined

/** @param text made only if somebody listens; secrets are taken out by the listener */
export function trace(topic: TraceTopic, text: () => string): void {
  last = topic
  listener?.(topic, text())
}

const DOINGS: Readonly<Record<TraceTopic, string>> = {
  command: 'it read the command line',
  config: 'it read the settings',
  search: 'it looked for the server program',
  probe: 'it asked a program what it is',
  install: 'it installed a server program',
  download: 'it downloaded a server program',
  spawn: 'it started a process',
  server: 'it watched over the server',
  health: 'it asked the server for an answer',
  control: 'it spoke to the supervisor',
}

/** What was traced last, listener or not, to follow "while"; undefined: nothing was. */
export const doing = (): string | undefined => (last === undefined ? undefined : DOINGS[last])
