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

/** Of the whole process: the last one that was given is told. */
export function listenToTrace(next: TraceListener | undefined): void {
  listener = next
}

export const isTraced = (): boolean => listener !== undefined

/** @param text made only if somebody listens; secrets are taken out by the listener */
export function trace(topic: TraceTopic, text: () => string): void {
  listener?.(topic, text())
}
