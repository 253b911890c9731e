import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { unpack } from '../../../src/servers/archive/unpack.js'
import { type ZipEntry, zip } from '../../fixtures/archive.js'
import { sha256 } from '../cache/entries.js'

describe('unpack, of a .zip', () => {
  let outside: string
  let folder: string
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'skyfly-unzip-'))
    folder = join(outside, 'a', 'b', 'folder')
    mkdirSync(folder, { recursive: true })
  })
  afterEach(() => {
    rmSync(outside, { recursive: true })
  })

  const run = (bytes: Buffer, more: { maxBytes?: number; signal?: AbortSignal; keeps?: RegExp } = {}) => {
    // Its name says nothing.
    const archive = join(outside, 'x.tar.gz')
    writeFileSync(archive, bytes)
    return unpack({ archive, program: 'server.exe', licenceFile: 'LICENSE', keeps: KEEPS, folder, ...more })
  }
  const KEEPS = /^(?:[^/]+\/)?([^/]+\.dll)$/
  const failure = async (unpacked: Promise<unknown>): Promise<SkyflyError> => {
    const error = await unpacked.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error instanceof SkyflyError && error.code === 'download') return error
    throw new Error(`no SkyflyError of a download but ${String(error)}`)
  }
  /** Every file there is but the archive. */
  const files = () =>
    readdirSync(outside, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory() && entry.name !== 'x.tar.gz')
      .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .sort()

  const program: ZipEntry = { name: 'server.exe', body: 'the program' }
  const library: ZipEntry = { name: 'cygwin1.dll', body: 'a library' }
  const licence: ZipEntry = { name: 'LICENSE', body: 'the licence' }

  const ALL = /^(net8\.0\/.+)$/
  const kept = (...names: readonly string[]) => names.map(name => ({ name: `net8.0/${name}`, body: '' }))

  it.each([
    ['a file, then a folder', ['a', 'a/b']],
    ['a folder, then a file', ['a/b', 'a']],
    ['a file, then a folder in another case', ['a', 'A/b']],
    ['a file, then a folder in a folder of that name', ['a', 'a/b/c']],
  ])('refuses an archive in which a name is %s', async (_, names) => {
    const error = await failure(run(zip([...kept(...names), program]), { keeps: ALL }))
    expect(error.message).toMatch(/is damaged: net8\.0\/\S+ in it is a file and a folder/)
    expect(error.hint).toMatch(/download it again/)
    expect(files()).toEqual([])
  })

  it('refuses an archive with more files than any program needs', async () => {
    const names = Array.from({ length: 501 }, (_, index) => `${index}.dll`)
    const error = await failure(run(zip([...kept(...names), program]), { keeps: ALL }))
    expect(error.message).toMatch(/is damaged: more than 500 files in it belong to the program/)
    expect(files()).toEqual([])
  })

  it('gives the program, what it needs, its licence, and nothing else', async () => {
    const unpacked = await run(
      zip([
        { name: 'release/' },
        { ...licence, name: 'release/LICENSE' },
        { ...library, name: 'release/cygwin1.dll', method: 'stored' },
        { ...program, name: 'release/server.exe' },
        { name: 'release/client.exe', body: 'another' },
      ]),
    )
    expect(unpacked).toEqual({
      sha256: sha256('the program'),
      bytes: 11,
      files: [{ name: 'cygwin1.dll', bytes: 9, sha256: sha256('a library') }],
      hasLicence: true,
    })
    expect(files()).toEqual(['LICENSE', 'cygwin1.dll', 'server.exe'])
    expect(readFileSync(join(folder, 'server.exe'), 'utf8')).toBe('the program')
  })

  it('takes the backslashes of some programs for Windows for what they mean', async () => {
    await run(zip([{ ...program, name: 'release\\server.exe' }, library]))
    expect(files()).toEqual(['cygwin1.dll', 'server.exe'])
  })

  it('takes the first of two entries of one name, whatever their case', async () => {
    await run(
      zip([
        program,
        library,
        { ...library, name: 'CYGWIN1.dll', body: 'another' },
        { ...program, body: 'x' },
      ]),
    )
    expect(files()).toEqual(['cygwin1.dll', 'server.exe'])
    expect(readFileSync(join(folder, 'server.exe'), 'utf8')).toBe('the program')
  })

  it.each(['../server.exe', '/server.exe', 'bin/../../server.exe', '..\\server.exe', 'C:\\..\\server.exe'])(
    'does not take %s for the program',
    async name => {
      const error = await failure(run(zip([{ ...program, name }])))
      expect(error.message).toMatch(/^there is no file server\.exe in the archive .*x\.tar\.gz, which holds /)
      expect(files()).toEqual([])
    },
  )

  it.each([
    '../../evil.dll',
    '/evil.dll',
    'lib/../../evil.dll',
    'lib/C:evil.dll',
    'lib/evil.dll:stream',
    'lib/nul.dll',
    'lib/CON',
    'lib/.hidden.dll',
    'lib/trailing.',
    'lib//evil.dll',
    'manifest.json',
    `lib/${'deep/'.repeat(60)}evil.dll`,
  ])('leaves %s where it is', async name => {
    await run(zip([program, { name, body: 'evil' }]), { keeps: /^((?!manifest).*)$/ })
    expect(files()).toEqual(['server.exe'])
  })

  it.each([
    ['symlink', 0o120777],
    ['directory', 0o040755],
    ['special file', 0o010644],
  ])('refuses a %s where the program should be', async (kind, mode) => {
    const error = await failure(run(zip([licence, { ...program, mode }])))
    expect(error.message).toMatch(new RegExp(`^server\\.exe in the archive .* is not a file but a ${kind}$`))
    expect(files()).toEqual([])
  })

  describe('that is damaged', () => {
    const body = Buffer.alloc(200_000, 'the program of the server ')
    const stored: ZipEntry = { ...program, body, method: 'stored' }
    const flipped = (bytes: Buffer, at: number) => {
      const copy = Buffer.from(bytes)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      return copy
    }
    const damages: readonly [string, () => Buffer, RegExp][] = [
      ['with half of it missing', () => zip([stored]).subarray(0, 100_000), /it ends too early/],
      ['with its last byte missing', () => zip([stored]).subarray(0, -1), /it ends too early/],
      [
        'with a hole in it',
        () => Buffer.concat([zip([stored]).subarray(0, 100), zip([stored]).subarray(90_000)]),
        /./,
      ],
      ['with a flipped bit', () => flipped(zip([stored]), 150_000), /server\.exe in it has another checksum/],
      ['with a flipped bit in what is packed', () => flipped(zip([{ ...program, body }]), 60), /./],
      [
        'with a wrong checksum',
        () => zip([{ ...program, crc: 1 }]),
        /server\.exe in it has another checksum/,
      ],
      [
        'with more in it than it says',
        () => zip([{ ...program, bytes: 5 }]),
        /another size than it declares/,
      ],
      [
        'with less in it than it says',
        () => zip([{ ...program, bytes: 50 }]),
        /another size than it declares/,
      ],
      [
        'with an encrypted program',
        () => zip([{ ...program, isEncrypted: true }]),
        /server\.exe in it is encrypted/,
      ],
      [
        'packed in another way',
        () => zip([{ ...program, method: 'lzma' }]),
        /unsupported compression method: 14/,
      ],
      [
        'with a wrong library',
        () => zip([program, { ...library, crc: 1 }]),
        /cygwin1\.dll in it has another checksum/,
      ],
    ]
    it.each(damages)('%s says so and leaves nothing', async (_, bytes, message) => {
      const error = await failure(run(bytes()))
      expect(error.message).toMatch(/^the archive .*x\.tar\.gz is damaged: /)
      expect(error.message).toMatch(message)
      expect(files()).toEqual([])
    })
  })

  it('does not mind what is wrong with entries that nobody wants', async () => {
    await run(
      zip([{ name: 'other', body: 'x', crc: 1 }, { name: 'secret', body: 'x', isEncrypted: true }, program]),
    )
    expect(files()).toEqual(['server.exe'])
  })

  it('says that one of no files holds nothing', async () => {
    expect((await failure(run(zip([])))).message).toMatch(/which holds nothing$/)
  })

  it.each([
    ['the program', [{ ...program, body: Buffer.alloc(1_000_000) }]],
    ['many files', ['a', 'b', 'c'].map(name => ({ name: `${name}.dll`, body: Buffer.alloc(200_000) }))],
  ])('stops at a bomb in %s', async (_, entries) => {
    const error = await failure(run(zip([...entries, program]), { maxBytes: 500_000 }))
    expect(error.message).toMatch(/unpacks to more than 500000 bytes/)
    expect(files()).toEqual([])
  })

  it('rejects with the reason of its signal and leaves nothing', async () => {
    const bytes = zip([{ ...program, body: Buffer.alloc(5_000_000), method: 'stored' }])
    const reason = new Error('Ctrl-C')
    await expect(run(bytes, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    for (const turns of [0, 1, 5, 20]) {
      const controller = new AbortController()
      const settled = expect(run(bytes, { signal: controller.signal })).rejects.toBe(reason)
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      controller.abort(reason)
      await settled
      expect(files()).toEqual([])
    }
  })

  it.each([
    ['.tar.xz', Buffer.from('\xfd7zXZ\0\0\x04', 'latin1')],
    ['.7z', Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1')],
  ])('says of a %s that it is not read', async (_, bytes) => {
    const error = await failure(run(bytes))
    expect(error.message).toMatch(/x\.tar\.gz is an archive of a kind that skyfly does not read$/)
  })
})
