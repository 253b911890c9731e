import { describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { print, type Session } from '../../src/cli/session.js'

function recording(): { session: Session; written: string[] } {
  const written: string[] = []
  const stdout = { write: (text: string) => written.push(text) }
  return { session: { io: { stdout } as unknown as Io, serverArgs: [], exitCode: 0 }, written }
}

describe('print', () => {
  it.each([
    { options: {}, expected: 'for people\n' },
    { options: { json: false }, expected: 'for people\n' },
    { options: { json: true }, expected: '{\n  "pid": 4711\n}\n' },
  ])('prints $expected for $options', async ({ options, expected }) => {
    const { session, written } = recording()
    await print(session, options, { json: { pid: 4711 }, text: () => 'for people\n' })
    expect(written).toEqual([expected])
  })

  it('makes no text that nobody reads, and waits for one that has to be loaded', async () => {
    const { session, written } = recording()
    const text = () => {
      throw new Error('asked for')
    }
    await print(session, { json: true }, { json: [], text })
    await print(session, {}, { json: [], text: async () => 'later\n' })
    expect(written).toEqual(['[]\n', 'later\n'])
  })
})
