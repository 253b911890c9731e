import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listRotated, rotatedPath } from '../../src/logs/file-names.js'
import { temporaryFolder } from './folder.js'

describe('the names of rotated files', () => {
  it.each([
    [{ number: 1, gzipped: false }, 'a.log.1'],
    [{ number: 12, gzipped: true }, 'a.log.12.gz'],
  ])('%o is %s', (name, expected) => {
    expect(rotatedPath('a.log', name)).toBe(expected)
  })

  it('are found by number, newest first, and nothing else is', () => {
    const folder = temporaryFolder()
    for (const name of ['a.log', 'a.log.10.gz', 'a.log.2', 'a.log.2.gz', 'a.log.1', 'b.log.3'])
      writeFileSync(join(folder, name), '')
    for (const name of ['a.log.0', 'a.log.01', 'a.log.gz.tmp', 'a.log.4.gz.gone', 'a.log.4.zip', 'a.log.x'])
      writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'a.log.5'))
    expect(listRotated(join(folder, 'a.log'))).toEqual([
      { number: 1, gzipped: false },
      { number: 2, gzipped: false },
      { number: 2, gzipped: true },
      { number: 10, gzipped: true },
    ])
  })

  it('are none where there is no folder', () => {
    expect(listRotated(join(temporaryFolder(), 'missing', 'a.log'))).toEqual([])
  })
})
