import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jsonLine } from '../../../src/logs/record.js'
import { isWindows, itOnPosix } from '../../system.js'
import {
  contentOf,
  numbered,
  numberedMessages,
  recordsIn,
  sizeOf,
  temporaryFolder,
  testLog,
  until,
} from '../folder.js'
import { startWriter } from './writer.js'

const messages = (folder: string) => recordsIn(contentOf(folder)).map(({ msg }) => msg)
const RECORD_BYTES =
  jsonLine({ time: new Date(0).toISOString(), level: 'info', source: 'server', msg: 'line 1000' }).length + 1

describe('the size of a log file', () => {
  it.each([
    ['one line at a time', 1],
    ['many lines in one chunk', 500],
  ])('is as close to the limit as whole records allow, with %s', (_, linesPerChunk) => {
    const folder = temporaryFolder()
    const maxBytes = RECORD_BYTES * 20 + 10
    const log = testLog({ file: join(folder, 'a.log'), maxBytes, maxFiles: 100 })
    for (let from = 1000; from < 2000; from += linesPerChunk)
      log.write('stdout', numbered(from, from + linesPerChunk))
    const sizes = readdirSync(folder).map(name => sizeOf(join(folder, name)))
    expect(sizes).toEqual(Array.from({ length: 50 }, () => RECORD_BYTES * 20))
    expect(messages(folder)).toEqual(numberedMessages(1000, 2000))
  })

  it('may be exactly the limit', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), maxBytes: RECORD_BYTES * 10, maxFiles: 100 })
    log.write('stdout', numbered(1000, 1020))
    expect(readdirSync(folder).map(name => sizeOf(join(folder, name)))).toEqual([
      RECORD_BYTES * 10,
      RECORD_BYTES * 10,
    ])
  })

  it('is larger only for a record that is larger, which has a file of its own', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), maxBytes: 300, maxFiles: 100 })
    log.write('stdout', Buffer.from(`short\n${'x'.repeat(1000)}\nshort\n`))
    expect(recordsIn(readFileSync(join(folder, 'a.log.1'), 'utf8')).map(({ msg }) => msg)).toEqual([
      'x'.repeat(1000),
    ])
    expect(recordsIn(readFileSync(join(folder, 'a.log'), 'utf8')).map(({ msg }) => msg)).toEqual(['short'])
  })

  it('counts what an earlier run wrote', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    writeFileSync(file, `${'x'.repeat(990)}\n`)
    testLog({ file, maxBytes: 1000 }).write('stdout', Buffer.from('next\n'))
    expect(sizeOf(`${file}.1`)).toBe(991)
    expect(recordsIn(readFileSync(file, 'utf8'))).toHaveLength(1)
  })

  it('is the same in the text format', () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), format: 'text', maxBytes: 320, maxFiles: 100 })
    log.write('stdout', numbered(1000, 1100))
    expect(sizeOf(join(folder, 'a.log.1'))).toBe(320)
    expect(contentOf(folder)).toMatch(/^(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] line 1\d{3}\n){100}$/)
  })
})

describe('the files of a log', () => {
  it.each([1, 2, 3, 5])('are never more than %i, the newest ones', maxFiles => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), maxBytes: RECORD_BYTES * 10, maxFiles })
    log.write('stdout', numbered(1000, 2000))
    expect(readdirSync(folder)).toHaveLength(maxFiles)
    expect(messages(folder)).toEqual(numberedMessages(2000 - maxFiles * 10, 2000))
  })

  it('are compressed in the background from the second on, with the time of their last record', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const log = testLog({ file, maxBytes: RECORD_BYTES * 10 })
    log.write('stdout', numbered(1000, 1035))
    const plain = readFileSync(`${file}.2`)
    const { mtimeMs } = statSync(`${file}.2`)
    await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
    expect(readdirSync(folder)).toEqual(['a.log', 'a.log.1', 'a.log.2.gz', 'a.log.3.gz'])
    expect(gunzipSync(readFileSync(`${file}.2.gz`))).toEqual(plain)
    expect(Math.abs(statSync(`${file}.2.gz`).mtimeMs - mtimeMs)).toBeLessThan(1)
    log.write('stdout', numbered(1035, 1045))
    expect(readdirSync(folder)).toEqual(['a.log', 'a.log.1', 'a.log.2', 'a.log.3.gz', 'a.log.4.gz'])
    expect(messages(folder)).toEqual(numberedMessages(1000, 1045))
  })

  it('of an earlier version, where number 1 is compressed too, move on as the others do', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const old = (msg: string) =>
      gzipSync(`${jsonLine({ time: new Date().toISOString(), level: 'info', source: 'server', msg })}\n`)
    writeFileSync(`${file}.1.gz`, old('line 999'))
    writeFileSync(`${file}.2.gz`, old('line 998'))
    const log = testLog({ file, maxBytes: RECORD_BYTES * 10 })
    log.write('stdout', numbered(1000, 1025))
    await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
    expect(readdirSync(folder)).toEqual(['a.log', 'a.log.1', 'a.log.2.gz', 'a.log.3.gz', 'a.log.4.gz'])
    expect(messages(folder)).toEqual(numberedMessages(998, 1025))
  })

  it.each([3, 4, 100])(
    'keep every line when rotations overtake their compression, with %i files',
    async maxFiles => {
      const folder = temporaryFolder()
      const file = join(folder, 'a.log')
      const log = testLog({ file, maxBytes: RECORD_BYTES * 10_000, maxFiles })
      log.write('stdout', numbered(100_000, 125_000))
      for (let from = 125_000; from < 205_000; from += 20_000) {
        await until(() => existsSync(`${file}.gz.tmp`))
        log.write('stdout', numbered(from, from + 20_000))
      }
      await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
      expect(readdirSync(folder).filter(name => !name.endsWith('.gz'))).toEqual(['a.log', 'a.log.1'])
      const found = messages(folder)
      expect(found.length).toBeGreaterThanOrEqual(Math.min(105_000, (maxFiles - 1) * 9000))
      expect(found).toEqual(numberedMessages(205_000 - found.length, 205_000))
    },
  )

  it('leave no temporary file when the log is closed while it compresses, and the next run compresses them', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const first = testLog({ file, maxBytes: 3_000_000 })
    first.write('stdout', numbered(0, 100_000))
    await until(() => existsSync(`${file}.gz.tmp`))
    first.close()
    // Windows shows the name of a removed file until whoever reads it has closed it.
    const isGone = () => !readdirSync(folder).some(name => name.includes('tmp'))
    if (isWindows) await until(isGone)
    expect(isGone()).toBe(true)
    expect(messages(folder)).toEqual(numberedMessages(0, 100_000))
    testLog({ file, maxBytes: 3_000_000 })
    await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
    expect(messages(folder)).toEqual(numberedMessages(0, 100_000))
  })

  it('may be deleted by hand', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const log = testLog({ file, maxBytes: RECORD_BYTES * 10 })
    log.write('stdout', numbered(1000, 1030))
    rmSync(`${file}.1`)
    log.write('stdout', numbered(1030, 1050))
    expect(messages(folder)).toEqual([...numberedMessages(1000, 1010), ...numberedMessages(1020, 1050)])
  })

  itOnPosix('Windows removes no folder with an open file in it')('may all be deleted by hand', async () => {
    const folder = temporaryFolder()
    const log = testLog({ file: join(folder, 'a.log'), maxBytes: RECORD_BYTES * 10 })
    log.write('stdout', numbered(1000, 1050))
    rmSync(folder, { recursive: true })
    log.write('stdout', numbered(1050, 1070))
    expect(messages(folder)).toEqual(numberedMessages(1050, 1070))
    expect(log.droppedLines).toBe(0)
  })
})

describe('what a crash left', () => {
  const record = (msg: string) =>
    `${jsonLine({ time: new Date().toISOString(), level: 'info', source: 'server', msg })}\n`

  it('is repaired: half a record, a half-compressed file, and files beyond the limit', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    writeFileSync(file, `${record('four')}${record('five').slice(0, 50)}`)
    writeFileSync(`${file}.gz.tmp`, 'half')
    writeFileSync(`${file}.1`, record('three'))
    writeFileSync(`${file}.1.gz`, gzipSync(record('three')).subarray(0, 20))
    writeFileSync(`${file}.2`, record('two'))
    writeFileSync(`${file}.3.gz`, gzipSync(record('one')))
    writeFileSync(`${file}.4.gz`, gzipSync(record('zero')))
    writeFileSync(join(folder, 'b.log.9'), 'of another log')
    const log = testLog({ file, maxFiles: 4 })
    log.write('stdout', Buffer.from('six\n'))
    expect(messages(folder)).toEqual(['one', 'two', 'three', 'four', 'six'])
    await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
    expect(readdirSync(folder)).toEqual(['a.log', 'a.log.1', 'a.log.2.gz', 'a.log.3.gz', 'b.log.9'])
    expect(messages(folder)).toEqual(['one', 'two', 'three', 'four', 'six'])
  })

  it('with a gap in the numbers loses nothing when it fills', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    writeFileSync(`${file}.1`, record('two'))
    writeFileSync(`${file}.3.gz`, gzipSync(record('one')))
    const log = testLog({ file, maxBytes: 100, maxFiles: 4 })
    log.write('stdout', Buffer.from('three\nfour\n'))
    expect(messages(folder)).toEqual(['one', 'two', 'three', 'four'])
  })

  it('may be a file that is no log and has no line end: it is kept', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    writeFileSync(file, Buffer.alloc(600_000, 'x'))
    testLog({ file }).write('stdout', Buffer.from('next\n'))
    expect(sizeOf(file)).toBeGreaterThan(600_000)
  })

  it('has every line that was written before the process was killed', async () => {
    const folder = temporaryFolder()
    const writer = startWriter({ file: join(folder, 'a.log'), maxBytes: 20_000, maxFiles: 1000 })
    await writer.write(0, 5000)
    void writer.write(5000, 1_000_000)
    await until(() => readdirSync(folder).length > 100)
    await writer.kill()
    const found = messages(folder)
    expect(found.length).toBeGreaterThan(5000)
    expect(found).toEqual(numberedMessages(0, found.length))
  })
})

describe('a disk that does not take the records', () => {
  itOnPosix('Windows has no ulimit')(
    'loses no more than it must, keeps whole records, and the loss is told once it works again',
    async () => {
      const folder = temporaryFolder()
      const file = join(folder, 'a.log')
      // No file of this process grows beyond some KiB: EFBIG comes like ENOSPC, in the middle of a record.
      const writer = startWriter({ file, maxBytes: 1e9, maxFiles: 5 }, 'ulimit -f 20;')
      const dropped = await writer.write(0, 1000)
      const written = messages(folder)
      expect(written.length + dropped).toBe(1000)
      expect(written).toEqual(numberedMessages(0, written.length))
      expect(sizeOf(file)).toBeGreaterThan(10_000)
      rmSync(file)
      expect(await writer.write(1000, 1010)).toBe(dropped)
      await writer.end()
      const [report, ...rest] = recordsIn(readFileSync(file, 'utf8'))
      expect(report).toMatchObject({ source: 'skyfly', level: 'warn' })
      expect(report?.msg).toMatch(
        new RegExp(`^${dropped} lines lost since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d: EFBIG`),
      )
      expect(rest.map(({ msg }) => msg)).toEqual(numberedMessages(1000, 1010))
    },
  )

  itOnPosix('Windows has no ulimit')(
    'keeps the whole records of a chunk of which only a part fits',
    async () => {
      const folder = temporaryFolder()
      const writer = startWriter(
        { file: join(folder, 'a.log'), maxBytes: 1e9, maxFiles: 5, format: 'text' },
        'ulimit -f 8;',
      )
      const dropped = await writer.write(0, 2000)
      await writer.kill()
      expect(messages(folder)).toEqual(numberedMessages(0, 2000 - dropped))
      expect(contentOf(folder).endsWith('\n')).toBe(true)
    },
  )

  it('is told on the console at once, and only once', () => {
    const folder = temporaryFolder()
    const shown: string[] = []
    const console = {
      colour: false,
      write: (text: string) => void shown.push(text),
      flush: async () => {},
      close: () => {},
    }
    writeFileSync(join(folder, 'not-a-folder'), '')
    const log = testLog({ file: join(folder, 'not-a-folder', 'a.log'), console })
    log.event('info', 'hello')
    log.write('stdout', Buffer.from('one\ntwo\n'))
    expect(log.droppedLines).toBe(3)
    const code = isWindows ? 'EEXIST' : 'ENOTDIR'
    expect(shown.filter(text => text.includes(`cannot write the log: ${code}`))).toHaveLength(1)
    rmSync(join(folder, 'not-a-folder'))
    log.write('stdout', Buffer.from('three\n'))
    expect(messages(join(folder, 'not-a-folder'))).toEqual([
      expect.stringMatching(new RegExp(`^3 lines lost since .*${code}`)),
      'three',
    ])
    expect(shown.at(-1)).toMatch(/3 lines lost since/)
    expect(log.droppedLines).toBe(3)
  })
})

describe('a rotation that fails', () => {
  it('goes on in the same file, tells it once, and works again when it can', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const log = testLog({ file, maxBytes: RECORD_BYTES * 10 })
    mkdirSync(join(`${file}.1`, 'full'), { recursive: true })
    log.write('stdout', numbered(1000, 1100))
    const records = recordsIn(readFileSync(file, 'utf8'))
    expect(records.filter(({ source }) => source === 'server').map(({ msg }) => msg)).toEqual(
      numberedMessages(1000, 1100),
    )
    const [told, ...more] = records.filter(({ source }) => source === 'skyfly')
    expect(told?.msg).toMatch(/^cannot rotate the log, so it grows beyond its limit: E/)
    expect(more).toEqual([])
    expect(log.droppedLines).toBe(0)
    rmSync(`${file}.1`, { recursive: true })
    log.write('stdout', numbered(1100, 1120))
    expect(sizeOf(`${file}.2`)).toBeGreaterThan(RECORD_BYTES * 100)
    expect(sizeOf(`${file}.1`)).toBe(RECORD_BYTES * 10)
    expect(sizeOf(file)).toBeLessThan(RECORD_BYTES * 10)
    expect(messages(folder).filter(msg => msg.startsWith('line'))).toEqual(numberedMessages(1000, 1120))
  })

  it('half-way pushes no older file out', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const log = testLog({ file, maxBytes: RECORD_BYTES * 10, maxFiles: 4 })
    log.write('stdout', numbered(1000, 1030))
    mkdirSync(join(`${file}.3`, 'full'), { recursive: true })
    log.write('stdout', numbered(1030, 1100))
    rmSync(`${file}.3`, { recursive: true })
    expect(messages(folder).filter(msg => msg.startsWith('line'))).toEqual(numberedMessages(1000, 1100))
  })

  it('does not matter to a log whose files somebody moved away', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    const log = testLog({ file })
    log.write('stdout', numbered(0, 10))
    const moved = readFileSync(file)
    rmSync(file)
    writeFileSync(file, moved)
    utimesSync(file, 1, 1)
    log.write('stdout', numbered(10, 20))
    expect(messages(folder)).toEqual(numberedMessages(0, 20))
  })
})
