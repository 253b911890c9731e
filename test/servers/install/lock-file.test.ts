import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { LOCK_FILE, readPins, writePin } from '../../../src/servers/install/lock-file.js'

const SUM = 'a'.repeat(64)
const PINNED = { version: '1.39.0', builds: { 'linux-x64': { url: 'https://host.example/a', sha256: SUM } } }

describe('skyfly.lock', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'skyfly-pins-'))
  })
  afterEach(() => {
    rmSync(root, { recursive: true })
  })
  const write = (content: unknown) =>
    writeFileSync(join(root, LOCK_FILE), typeof content === 'string' ? content : JSON.stringify(content))

  it('pins nothing where there is none', () => {
    expect(readPins(root)).toEqual({})
  })

  it('is read as it was written, and holds the engines in order', () => {
    writePin(root, 'valkey', PINNED)
    writePin(root, 'dragonfly', PINNED)
    expect(readPins(root)).toEqual({ dragonfly: PINNED, valkey: PINNED })
    expect(Object.keys(JSON.parse(readFileSync(join(root, LOCK_FILE), 'utf8')).engines)).toEqual([
      'dragonfly',
      'valkey',
    ])
    expect(readdirSync(root)).toEqual([LOCK_FILE])
  })

  it('ends with a newline and stays the same when it is written twice', () => {
    writePin(root, 'dragonfly', PINNED)
    const once = readFileSync(join(root, LOCK_FILE), 'utf8')
    writePin(root, 'dragonfly', PINNED)
    expect(readFileSync(join(root, LOCK_FILE), 'utf8')).toBe(once)
    expect(once.endsWith('}\n')).toBe(true)
  })

  const engines = (dragonfly: unknown) => ({ lockfileVersion: 1, engines: { dragonfly } })
  it.each<[what: string, content: unknown, message: RegExp]>([
    ['no JSON', '<<<<<<< HEAD', /is not JSON/],
    ['something else', { name: 'package' }, /is not a lock file of skyfly/],
    ['an unknown engine', { lockfileVersion: 1, engines: { mongodb: PINNED } }, /wrong entry for mongodb/],
    ['no version', engines({ builds: {} }), /wrong entry for dragonfly/],
    ['a version that is a path', engines({ ...PINNED, version: '../x' }), /wrong entry for dragonfly/],
    [
      'a short checksum',
      engines({ version: '1.0.0', builds: { 'linux-x64': { url: 'https://host.example', sha256: 'ab' } } }),
      /wrong entry for dragonfly/,
    ],
    [
      'an address of another kind',
      engines({ version: '1.0.0', builds: { 'linux-x64': { url: 'file:///etc/passwd', sha256: SUM } } }),
      /wrong entry for dragonfly/,
    ],
    ['a newer layout', { lockfileVersion: 2, engines: {} }, /was written by a newer skyfly/],
  ])('is refused when it holds %s', (_, content, message) => {
    write(content)
    const failure = () => readPins(root)
    expect(failure).toThrow(SkyflyError)
    expect(failure).toThrow(message)
    expect(failure).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringMatching(/skyfly/) }))
  })

  it('is not written over when it cannot be understood', () => {
    write('<<<<<<< HEAD')
    expect(() => writePin(root, 'dragonfly', PINNED)).toThrow(/is not JSON/)
    expect(readFileSync(join(root, LOCK_FILE), 'utf8')).toBe('<<<<<<< HEAD')
  })
})
