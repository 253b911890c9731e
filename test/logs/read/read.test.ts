import { appendFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { LogLevel } from '../../../src/config/config.js'
import { readLog } from '../../../src/logs/read/read.js'
import { jsonLine, type LogRecord, textLine } from '../../../src/logs/record.js'
import { collect, numbered, numberedMessages, temporaryFolder, testLog } from '../folder.js'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 21, 10, minute))
const record = (minute: number, level: LogLevel, msg: string): LogRecord => ({
  time: at(minute).toISOString(),
  level,
  source: 'server',
  msg,
})
const RECORDS = [
  record(0, 'info', 'started'),
  record(1, 'warn', 'low memory'),
  record(2, 'debug', 'say "hi"'),
  record(3, 'error', 'größer 🐉'),
  record(4, 'info', 'level error time 10:01'),
]

/** A log of three files, the older ones rotated and compressed, as if it had been written at the times in it. */
function writeLog(toLine: (record: LogRecord) => string = jsonLine): string {
  const file = join(temporaryFolder(), 'a.log')
  const content = (from: number, to: number) =>
    RECORDS.slice(from, to)
      .map(line => `${toLine(line)}\n`)
      .join('')
  writeFileSync(`${file}.2.gz`, gzipSync(content(0, 2)))
  writeFileSync(`${file}.1`, content(2, 3))
  writeFileSync(file, content(3, 5))
  utimesSync(`${file}.2.gz`, at(1), at(1))
  utimesSync(`${file}.1`, at(2), at(2))
  return file
}

describe('reading a log', () => {
  it('gives every line as it is, oldest first, across the rotated files', async () => {
    const file = writeLog()
    const lines: string[] = []
    for await (const matches of readLog({ file })) lines.push(...matches.map(({ line }) => line))
    expect(lines).toEqual(RECORDS.map(jsonLine))
  })

  const rows: readonly [string, object, readonly number[]][] = [
    ['no filter', {}, [0, 1, 2, 3, 4]],
    ['a moment, that one included', { since: at(1) }, [1, 2, 3, 4]],
    ['a moment after all', { since: at(9) }, []],
    ['the level info', { level: 'info' }, [0, 1, 3, 4]],
    ['the level warn', { level: 'warn' }, [1, 3]],
    ['the level error', { level: 'error' }, [3]],
    ['the level debug', { level: 'debug' }, [0, 1, 2, 3, 4]],
    ['a pattern for the message, not for the record', { grep: /server|level/ }, [4]],
    ['a pattern from start to end of the message', { grep: /^started$/ }, [0]],
    ['a pattern of what is escaped in the file', { grep: /"hi"/ }, [2]],
    ['a pattern that is not ASCII', { grep: /GRÖSSER|größer .$/u }, [3]],
    ['a pattern with a memory', { grep: /e/g }, [0, 1, 3, 4]],
    ['several filters', { since: at(1), level: 'warn', grep: /m/ }, [1]],
    ['a number of lines', { lines: 2 }, [3, 4]],
    ['a number of lines that is in several files', { lines: 4 }, [1, 2, 3, 4]],
    ['more lines than there are', { lines: 100 }, [0, 1, 2, 3, 4]],
    ['no lines', { lines: 0 }, []],
    ['a number of lines after the filters', { lines: 2, level: 'warn' }, [1, 3]],
    ['a number of lines after a filter that few pass', { lines: 1, grep: /started/ }, [0]],
  ]
  it.each(rows)('with %s gives the right lines', async (_, filter, expected) => {
    const found = await collect(readLog({ file: writeLog(), ...filter }))
    expect(found).toEqual(expected.map(index => RECORDS[index]?.msg))
  })

  it('in the text format knows time and message, and takes every line for info', async () => {
    const file = writeLog(textLine)
    expect(await collect(readLog({ file, since: at(2) }))).toEqual([
      'say "hi"',
      'größer 🐉',
      'level error time 10:01',
    ])
    expect(await collect(readLog({ file, level: 'warn' }))).toEqual([])
    expect(await collect(readLog({ file, grep: /^low/ }))).toEqual(['low memory'])
  })

  it('does not open what is too old, by the time of the file', async () => {
    const file = writeLog()
    writeFileSync(`${file}.2.gz`, gzipSync(`${jsonLine(record(9, 'info', 'newer than its file'))}\n`))
    utimesSync(`${file}.2.gz`, at(1), at(1))
    expect(await collect(readLog({ file, since: at(3) }))).toEqual(['größer 🐉', 'level error time 10:01'])
  })

  it.each([
    [
      'half a line at the end, as one is being written',
      (file: string) => appendFileSync(file, '{"time":"2026'),
      [0, 1, 2, 3, 4],
    ],
    [
      'a compressed file that was cut off',
      (file: string) => writeFileSync(`${file}.2.gz`, cutOff()),
      [2, 3, 4],
    ],
    ['a compressed file that is none', (file: string) => writeFileSync(`${file}.2.gz`, 'no gzip'), [2, 3, 4]],
    ['an empty compressed file', (file: string) => writeFileSync(`${file}.2.gz`, ''), [2, 3, 4]],
    ['a gap in the numbers', (file: string) => rmSync(`${file}.1`), [0, 1, 3, 4]],
    ['no current file', (file: string) => rmSync(file), [0, 1, 2]],
    [
      'a file that is there in both forms',
      (file: string) => writeFileSync(`${file}.1.gz`, gzipSync('twice\n')),
      [0, 1, 2, 3, 4],
    ],
  ])('does not stumble over %s', async (_, damage, expected) => {
    const file = writeLog()
    damage(file)
    expect(await collect(readLog({ file }))).toEqual(expected.map(index => RECORDS[index]?.msg))
    expect(await collect(readLog({ file, lines: 2 }))).toEqual(
      expected.slice(-2).map(index => RECORDS[index]?.msg),
    )
  })

  const cutOff = () => gzipSync(Buffer.from(jsonLine(record(0, 'info', 'cut')).repeat(2))).subarray(0, 40)

  it('gives the lines before the place where a compressed file was cut off', async () => {
    const file = join(temporaryFolder(), 'a.log')
    // Random digits, because text that repeats itself is no longer than its header when compressed.
    const lines = Array.from({ length: 2000 }, () => String(Math.random()))
    const whole = gzipSync(lines.map(line => `${line}\n`).join(''))
    writeFileSync(`${file}.1.gz`, whole.subarray(0, whole.length / 2))
    const found = await collect(readLog({ file }))
    expect(found.length).toBeGreaterThan(500)
    expect(found).toEqual(lines.slice(0, found.length))
  })

  it('shows lines that are no records, unless time or level is asked for', async () => {
    const file = join(temporaryFolder(), 'a.log')
    writeFileSync(file, `Segmentation fault\n${jsonLine(record(1, 'info', 'fault'))}\n`)
    expect(await collect(readLog({ file }))).toEqual(['Segmentation fault', 'fault'])
    expect(await collect(readLog({ file, grep: /fault/ }))).toEqual(['Segmentation fault', 'fault'])
    expect(await collect(readLog({ file, level: 'debug', since: at(0) }))).toEqual(['fault'])
  })

  it('finds nothing where there is no log', async () => {
    expect(await collect(readLog({ file: join(temporaryFolder(), 'none', 'a.log') }))).toEqual([])
  })

  it.each([1, 99, 100, 101, 5000, 50_000])(
    'finds the last %i lines in a file of many blocks',
    async lines => {
      const file = join(temporaryFolder(), 'a.log')
      testLog({ file }).write('stdout', numbered(0, 20_000))
      expect(await collect(readLog({ file, lines }))).toEqual(
        numberedMessages(Math.max(0, 20_000 - lines), 20_000),
      )
    },
  )

  it('gives records longer than a block', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const msg = '"\u0001'.repeat(60_000)
    writeFileSync(file, `${[msg, 'short', msg].map(text => jsonLine(record(0, 'info', text))).join('\n')}\n`)
    expect(await collect(readLog({ file }))).toEqual([msg, 'short', msg])
    expect(await collect(readLog({ file, lines: 1 }))).toEqual([msg])
    writeFileSync(`${file}.1.gz`, gzipSync(`${jsonLine(record(1, 'info', msg))}\n`))
    expect(await collect(readLog({ file, lines: 4 }))).toEqual([msg, msg, 'short', msg])
  })

  it('gives each line once when the log is rotated while it is read', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file, maxBytes: 20_000, maxFiles: 8 })
    log.write('stdout', numbered(0, 1500))
    const files = [6, 5, 4, 3, 2, 1].filter(number =>
      statSync(`${file}.${number}`, { throwIfNoEntry: false }),
    )
    expect(files.length).toBeGreaterThan(4)
    const found: string[] = []
    for await (const matches of readLog({ file })) {
      found.push(...matches.map(match => match.record?.msg ?? ''))
      log.write('stdout', numbered(1500, 2500))
    }
    expect(found).toEqual(numberedMessages(0, 1500))
  })
})
