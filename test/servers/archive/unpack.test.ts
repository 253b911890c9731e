import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkyflyError } from '../../../src/errors.js'
import { unpack } from '../../../src/servers/archive/unpack.js'
import { type ArchiveEntry, archive, LICENCE, PROGRAM, standInArchive, tar } from '../../fixtures/archive.js'
import { isWindows, itOnPosix } from '../../system.js'

describe('unpack', () => {
  let outside: string
  let folder: string
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'skyfly-unpack-'))
    folder = join(outside, 'a', 'b', 'folder')
    mkdirSync(folder, { recursive: true })
  })
  afterEach(() => {
    rmSync(outside, { recursive: true })
  })

  const run = (bytes: Buffer, more: { maxBytes?: number; signal?: AbortSignal } = {}) => {
    const path = join(outside, 'x.tar.gz')
    writeFileSync(path, bytes)
    return unpack({ archive: path, program: 'dragonfly', licenceFile: 'LICENSE.md', folder, ...more })
  }
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
      .map(entry => entry.name)
      .sort()
  const content = (name: string) => readFileSync(join(folder, name), 'utf8')

  const program: ArchiveEntry = { name: 'dragonfly', body: 'the program', mode: 0o600 }
  const licence: ArchiveEntry = { name: '../LICENSE.md', body: 'the licence', mode: 0o777 }

  it('unpacks a release into a program that runs, its licence, and nothing else', async () => {
    writeFileSync(join(outside, 'x.tar.gz'), await standInArchive({ version: '99.0.0' }))
    const unpacked = await unpack({
      archive: join(outside, 'x.tar.gz'),
      program: PROGRAM,
      licenceFile: 'LICENSE.md',
      folder,
    })
    expect(files()).toEqual(['LICENSE.md', PROGRAM])
    expect(content('LICENSE.md')).toBe(LICENCE)
    // A script with a shebang, on Windows for want of another.
    const command = isWindows ? [process.execPath, join(folder, PROGRAM)] : [join(folder, PROGRAM)]
    const says = execFileSync(command[0] ?? '', [...command.slice(1), '--version'], { encoding: 'utf8' })
    expect(says).toMatch(/^dragonfly \x1b\[0;32mv99\.0\.0-/)
    expect(unpacked).toMatchObject({ hasLicence: true, bytes: statSync(join(folder, PROGRAM)).size })
  })

  it('tells the hash and the size of a program of many chunks', async () => {
    const body = randomBytes(3_000_001)
    expect(await run(await archive([{ name: 'dragonfly', body }]))).toEqual({
      sha256: createHash('sha256').update(body).digest('hex'),
      bytes: body.length,
      files: [],
      hasLicence: false,
    })
    expect(readFileSync(join(folder, 'dragonfly')).equals(body)).toBe(true)
  })

  itOnPosix('Windows has no modes')(
    'gives the modes of a program and of a text, whatever the archive or the umask says',
    async () => {
      const before = process.umask(0o077)
      try {
        await run(await archive([program, licence]))
      } finally {
        process.umask(before)
      }
      expect(statSync(join(folder, 'dragonfly')).mode & 0o7777).toBe(0o755)
      expect(statSync(join(folder, 'LICENSE.md')).mode & 0o7777).toBe(0o644)
    },
  )

  const others: ArchiveEntry[] = [
    { name: '../evil', body: 'evil' },
    { name: 'docs/', type: 'directory' },
    { name: 'dragonfly.txt', body: 'x'.repeat(100_000) },
    { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'empty', body: '' },
  ]
  const layouts: readonly [string, readonly ArchiveEntry[]][] = [
    ['the licence first', [licence, program]],
    ['the program first', [program, licence]],
    ['other entries around them', [...others, program, ...others, licence, ...others]],
    [
      'a leading ./',
      [
        { ...program, name: './dragonfly' },
        { ...licence, name: './LICENSE.md' },
      ],
    ],
    [
      'plain folders',
      [
        { ...program, name: 'release/bin/dragonfly' },
        { ...licence, name: 'release/LICENSE.md' },
      ],
    ],
    [
      'a folder of the same name around it',
      [{ name: 'dragonfly', type: 'directory' }, { ...program, name: 'dragonfly/dragonfly' }, licence],
    ],
    ['an absolute licence', [program, { ...licence, name: '/LICENSE.md' }]],
    [
      'a second program and licence',
      [program, { ...program, body: 'another' }, licence, { ...licence, body: 'another' }],
    ],
    ['a very long path', [{ ...program, name: `${'folder/'.repeat(60)}dragonfly` }, licence]],
  ]
  it.each(layouts)('finds both in an archive with %s', async (_, entries) => {
    expect(await run(await archive(entries))).toMatchObject({ bytes: 11, hasLicence: true })
    expect(files()).toEqual(['LICENSE.md', 'dragonfly'])
    expect([content('dragonfly'), content('LICENSE.md')]).toEqual(['the program', 'the licence'])
  })

  it('waits for the last file to be written where nothing follows it in the archive', async () => {
    const body = randomBytes(512 * 200)
    const bytes = gzipSync((await tar([{ name: 'dragonfly', body }])).subarray(0, 512 * 201))
    expect(await run(bytes)).toMatchObject({ bytes: body.length })
    expect(readFileSync(join(folder, 'dragonfly')).equals(body)).toBe(true)
  })

  it.each([
    ['/usr/bin/dragonfly'],
    ['../dragonfly'],
    ['bin/../../dragonfly'],
    ['dragonfly/..'],
    ['bin/Dragonfly'],
    ['dragonfly-x86_64'],
  ])('does not take %s for the program', async name => {
    const error = await failure(run(await archive([{ ...program, name }, licence])))
    expect(error.message).toBe(
      `there is no file dragonfly in the archive ${join(outside, 'x.tar.gz')}, which holds ${name}, ../LICENSE.md`,
    )
    expect(error.hint).toMatch(/the archive of a release for this system/)
    expect(files()).toEqual([])
  })

  it.each([
    ['symlink', { type: 'symlink', linkname: '/bin/sh' }],
    ['link', { type: 'link', linkname: '/bin/sh' }],
    ['directory', { type: 'directory' }],
    ['fifo', { type: 'fifo' }],
    ['character-device', { type: 'character-device' }],
  ] as const)('refuses a %s where the program should be', async (type, entry) => {
    const error = await failure(run(await archive([licence, { name: 'dragonfly', ...entry }])))
    expect(error.message).toMatch(new RegExp(`^dragonfly in the archive .* is not a file but a ${type}$`))
    expect(files()).toEqual([])
  })

  it('shows ten names of a strange archive, and nothing that a terminal would obey', async () => {
    const names = ['\x1b[2Jred', 'two\nlines', 'x\u202egpj.exe', 'y'.repeat(200), ...'abcdefgh'.split('')]
    const error = await failure(run(await archive(names.map(name => ({ name })))))
    const shown = ['\\u{1b}[2Jred', 'two\\u{a}lines', 'x\\u{202e}gpj.exe', `${'y'.repeat(80)}...`]
    expect(error.message).toMatch(/, which holds .*, a, b, c, d, e, f, more$/)
    expect(error.message).toContain(shown.join(', '))
  })

  itOnPosix('Windows makes links for administrators only')(
    'does not write through a link that somebody put in the folder',
    async () => {
      const victim = join(outside, 'victim')
      writeFileSync(victim, 'precious')
      symlinkSync(victim, join(folder, 'dragonfly'))
      const error = await failure(run(await archive([program])))
      expect(error.message).toMatch(/cannot be written: EEXIST/)
      expect(readFileSync(victim, 'utf8')).toBe('precious')
      expect(files()).toEqual(['dragonfly', 'victim'])
    },
  )

  describe('of a damaged archive', () => {
    const body = randomBytes(200_000)
    const whole = () => archive([{ ...program, body }, licence])
    const flipped = (bytes: Buffer, at: number) => {
      const copy = Buffer.from(bytes)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      return copy
    }
    const paxSize = Buffer.from('12 size=abc\n')
    const damages: readonly [string, () => Promise<Buffer> | Buffer, RegExp][] = [
      ['with half of it missing', async () => (await whole()).subarray(0, 100_000), /it ends too early/],
      ['with its last byte missing', async () => (await whole()).subarray(0, -1), /it ends too early/],
      [
        'with a flipped bit in the program',
        async () => flipped(await whole(), 150_000),
        /incorrect data check|invalid/,
      ],
      [
        'with a flipped bit in its checksum',
        async () => flipped(await whole(), (await whole()).length - 8),
        /incorrect data check/,
      ],
      [
        'that is a web page',
        () => Buffer.from('<!doctype html><title>Sign in</title>'),
        /it is neither a \.tar\.gz nor a \.zip/,
      ],
      ['that is not compressed', () => tar([program, licence]), /it is neither a \.tar\.gz nor a \.zip/],
      ['that holds no tar', () => gzipSync('x'.repeat(2_000)), /it holds no tar/],
      [
        'whose tar ends in the program',
        async () => gzipSync((await tar([{ ...program, body }])).subarray(0, 1_000)),
        /it ends too early/,
      ],
      [
        'with an entry of no size',
        async () => {
          const pax = (await tar([{ name: 'pax', body: paxSize }])).subarray(0, 1_024)
          // Type x, a header of the next entry; the checksum of the header counts it.
          const sum =
            Number.parseInt(pax.toString('latin1', 148, 154), 8) + 'x'.charCodeAt(0) - '0'.charCodeAt(0)
          pax.write('x', 156)
          pax.write(sum.toString(8).padStart(6, '0'), 148)
          return gzipSync(Buffer.concat([pax, await tar([program])]))
        },
        /an entry has no valid size/,
      ],
    ]
    it.each(damages)('%s says so and leaves nothing', async (_, bytes, message) => {
      const error = await failure(run(await bytes()))
      expect(error.message).toMatch(/^the archive .*x\.tar\.gz is damaged: /)
      expect(error.message).toMatch(message)
      expect(error.hint).toMatch(/download it again with skyfly install, or give --from/)
      expect(files()).toEqual([])
    })
  })

  it('says that an archive of no files holds nothing', async () => {
    expect((await failure(run(await archive([])))).message).toMatch(/which holds nothing$/)
  })

  it.each([
    ['the program', [{ ...program, body: Buffer.alloc(1_000_000) }]],
    ['another file', [{ name: 'zeros', body: Buffer.alloc(1_000_000) }, program]],
  ])('stops at a bomb in %s', async (_, entries) => {
    const error = await failure(run(await archive([licence, ...entries]), { maxBytes: 500_000 }))
    expect(error.message).toMatch(/unpacks to more than 500000 bytes/)
    expect(files()).toEqual([])
  })

  it.each([
    ['is missing', () => join(outside, 'nowhere.tar.gz'), /nowhere\.tar\.gz cannot be read: ENOENT/],
    ['is a folder', () => folder, /folder cannot be read: EISDIR/],
  ])('says which archive %s', async (_, path, message) => {
    const error = await failure(
      unpack({ archive: path(), program: 'dragonfly', licenceFile: 'LICENSE.md', folder }),
    )
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(/name a \.tar\.gz/)
  })

  it('names a folder that cannot be written, and another way', async () => {
    rmSync(folder, { recursive: true })
    const error = await failure(run(await archive([program])))
    expect(error.message).toContain(`the folder ${folder} cannot be written: ENOENT`)
    expect(error.hint).toBe('use another folder: SKYFLY_CACHE_DIR=FOLDER')
  })

  // A full disk that needs no privileges: a limit that this process gets from outside. execa would make it deadly: it resets SIGXFSZ.
  it.skipIf(process.platform !== 'linux')(
    'stops when no more can be written, and leaves nothing',
    async () => {
      const bytes = await archive([licence, { ...program, body: randomBytes(400_000) }])
      writeFileSync(join(outside, 'x.tar.gz'), bytes)
      const limit = (soft: string) =>
        execFileSync('/bin/sh', ['-c', `prlimit --pid ${process.pid} --fsize=${soft}:`])
      limit('65536')
      const error = await failure(
        unpack({
          archive: join(outside, 'x.tar.gz'),
          program: 'dragonfly',
          licenceFile: 'LICENSE.md',
          folder,
        }),
      ).finally(() => limit('unlimited'))
      expect(error.message).toContain(`the folder ${folder} cannot be written: EFBIG`)
      expect(error.hint).toBe(
        'raise the limit of file sizes (ulimit -f), or use another folder: SKYFLY_CACHE_DIR=FOLDER',
      )
      expect(files()).toEqual([])
    },
  )

  it('rejects with the reason of its signal and leaves nothing, whenever it is aborted', async () => {
    const bytes = await archive([licence, { ...program, body: randomBytes(5_000_000) }])
    const reason = new Error('Ctrl-C')
    await expect(run(bytes, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    for (const turns of [0, 1, 5, 20, 60]) {
      const controller = new AbortController()
      const unpacked = run(bytes, { signal: controller.signal })
      const settled = expect(unpacked).rejects.toBe(reason)
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      controller.abort(reason)
      await settled
      expect(files()).toEqual([])
    }
  })
})
