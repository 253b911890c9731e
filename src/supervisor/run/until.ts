// Waiting until a condition holds, on an emitter that announces each `change`.
import type { EventEmitter } from 'node:events'

export async function until(emitter: Pick<EventEmitter, 'once'>, condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>(resolve => emitter.once('change', () => resolve()))
}
