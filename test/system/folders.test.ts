import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeWritable } from '../../src/system/folders.js'

describe('a folder that has to be there', () => {
  let base: string
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'skyfly-folders-'))
  })
  afterEach(() => rmSync(base, { recursive: true }))

  const failure = { code: 'usage', what: 'the place', hint: 'use another' } as const

  it('is made with those above it, and whether it was missing is told', () => {
    const folder = join(base, 'a', 'b')
    expect(makeWritable(folder, failure)).toBe(true)
    expect(statSync(folder).isDirectory()).toBe(true)
    expect(makeWritable(folder, failure)).toBe(false)
  })

  it('cannot be made where a file is in its place, or above it', () => {
    const file = join(base, 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'below')])
      expect(() => makeWritable(folder, failure)).toThrow(
        expect.objectContaining({
          code: 'usage',
          message: 'the place cannot be made: a file is in its place',
          hint: 'move that file away, or use another',
        }),
      )
  })
})
