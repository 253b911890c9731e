import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile } from '../../src/system/replace-file.js'
import { itOnPosix } from '../system.js'

describe('a file that is replaced', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-replace-'))
  })
  afterEach(() => {
    chmodSync(folder, 0o755)
    rmSync(folder, { recursive: true })
  })

  it('has the new text, whether it was there or not, and nothing is left beside it', () => {
    const file = join(folder, 'a.json')
    replaceFile(file, 'one')
    replaceFile(file, 'two')
    expect(readFileSync(file, 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })

  itOnPosix('Windows has no modes')('is for whom it is meant', () => {
    const file = join(folder, 'a.json')
    writeFileSync(file, 'one', { mode: 0o644 })
    replaceFile(file, 'two', { mode: 0o600 })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('stays as it was when it cannot be replaced, and nothing is left beside it', () => {
    const place = join(folder, 'a folder')
    replaceFile(join(folder, 'a.json'), 'one')
    // A rename onto a folder fails everywhere.
    expect(() => replaceFile(folder, 'two')).toThrow()
    expect(() => replaceFile(join(place, 'a.json'), 'two')).toThrow('ENOENT')
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('one')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })
})
