import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { FROM_OUTSIDE, sayingSaving } from '../../src/cli/saving.js'

const MB = 1024 ** 2

describe('saying that a snapshot is being written', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('is silent at first, then says it every three seconds, with the way out', () => {
    const said: string[] = []
    const io = { stderr: { write: (text: string) => said.push(text) } } as unknown as Io
    const onSaving = sayingSaving(io, FROM_OUTSIDE)
    for (let second = 0; second < 7; second++) {
      onSaving(second * MB)
      vi.advanceTimersByTime(1_000)
    }
    expect(said).toEqual([
      'saving the snapshot, 3 MB so far; `skyfly stop --force` ends it without saving\n',
      'saving the snapshot, 6 MB so far; `skyfly stop --force` ends it without saving\n',
    ])
  })
})
