import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manifestText, parseManifest, stampOf } from '../../../src/servers/cache/manifest.js'
import { manifestOf, PROGRAM, sha256, temporaryFolder } from './entries.js'

function manifest() {
  const folder = temporaryFolder()
  writeFileSync(join(folder, PROGRAM), 'a program')
  return manifestOf(folder)
}

describe('a manifest', () => {
  it('is read as it was written', () => {
    const written = manifest()
    expect(parseManifest(manifestText(written))).toEqual({ manifest: written })
  })

  it('may say that its program tells neither version nor flags', () => {
    const written = { ...manifest(), reportedVersion: null, flags: null }
    expect(parseManifest(manifestText(written))).toEqual({ manifest: written })
  })

  it('may have its program in a folder, and files that it needs', () => {
    const files = [{ name: 'lib/libssl.3.dylib', bytes: 0, sha256: sha256('') }]
    const written = { ...manifest(), program: 'bin/valkey-server', files }
    expect(parseManifest(manifestText(written))).toEqual({ manifest: written })
  })

  it.each([
    ['format', 0],
    ['format', '1'],
    ['engine', 'mysql'],
    ['version', 'latest'],
    ['version', '1.40.1/../..'],
    ['target', 'linux'],
    ['program', '../dragonfly'],
    ['program', '/bin/sh'],
    ['program', '..'],
    ['program', ''],
    ['program', '.hidden'],
    ['program', 'a\\b'],
    ['program', 'manifest.json'],
    ['program', 'dragonfly\n'],
    ['sha256', 'abc'],
    ['sha256', 'A'.repeat(64)],
    ['bytes', 0],
    ['bytes', 1.5],
    ['bytes', '9'],
    ['files', 'cygwin1.dll'],
    ['files', [{ name: '../cygwin1.dll', bytes: 1, sha256: 'a'.repeat(64) }]],
    ['files', [{ name: 'lib/../../x', bytes: 1, sha256: 'a'.repeat(64) }]],
    ['files', [{ name: 'manifest.json', bytes: 1, sha256: 'a'.repeat(64) }]],
    ['files', [{ name: 'cygwin1.dll', bytes: -1, sha256: 'a'.repeat(64) }]],
    ['files', [{ name: 'cygwin1.dll', bytes: 1 }]],
    ['program', 'bin/../server'],
    ['program', 'C:/server.exe'],
    ['program', 'bin/nul.exe'],
    ['source', ''],
    ['source', 'https://x/\u001b[2J'],
    ['archiveSha256', null],
    ['verifiedBy', 'me'],
    ['reportedVersion', '\u001b[2J'],
    ['flags', 'port'],
    ['flags', ['--port']],
    ['flags', [1]],
    ['installedAt', 'yesterday'],
    ['installedAt', '2026-13-45T00:00:00Z'],
    ['stamp', null],
    ['stamp', { bytes: 9, mtimeMs: 1, ctimeMs: 1 }],
    ['stamp', { bytes: 9, mtimeMs: 1, ctimeMs: 1, ino: '7' }],
  ])('is garbage with the %s %j', (field, value) => {
    const text = JSON.stringify({ ...manifest(), [field]: value })
    expect(parseManifest(text)).toEqual({ garbage: `its manifest has no valid ${field}` })
  })

  it.each([
    'format',
    'engine',
    'version',
    'target',
    'program',
    'sha256',
    'bytes',
    'source',
    'archiveSha256',
    'verifiedBy',
    'reportedVersion',
    'flags',
    'installedAt',
    'stamp',
  ])('is garbage without its %s', field => {
    const text = JSON.stringify({ ...manifest(), [field]: undefined })
    expect(parseManifest(text)).toEqual({ garbage: `its manifest has no valid ${field}` })
  })

  it.each(['', '{"format": 1, "eng', 'null', '[]', '7'])('is garbage as %j', text => {
    expect(parseManifest(text)).toHaveProperty('garbage')
  })

  it('may have the older name of the key verifiedBy, which was vouchedBy', () => {
    const { verifiedBy, ...rest } = manifest()
    expect(parseManifest(JSON.stringify({ ...rest, vouchedBy: verifiedBy }))).toEqual({
      manifest: { ...rest, verifiedBy },
    })
  })

  it('of a newer format is not judged, whatever else is in it', () => {
    expect(parseManifest('{"format": 2, "engines": []}')).toEqual({ newer: 2 })
  })
})

describe('the stamp of a program', () => {
  it('is another one once a byte was flipped, even by somebody who puts the time back', () => {
    const file = join(temporaryFolder(), PROGRAM)
    writeFileSync(file, 'a program')
    const before = stampOf(file)
    const { atime, mtime } = statSync(file)
    // The clock of the kernel ticks every few milliseconds.
    while (stampOf(file).ctimeMs === before.ctimeMs) {
      writeFileSync(file, 'a prograM')
      utimesSync(file, atime, mtime)
    }
    expect(stampOf(file)).toMatchObject({ bytes: before.bytes, ino: before.ino })
    expect(stampOf(file)).not.toEqual(before)
  })
})
