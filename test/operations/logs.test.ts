import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jsonLine } from '../../src/logs/record.js'
import { type LogsRequest, logs, parseSince } from '../../src/operations/logs.js'
import { collect, temporaryFolder } from '../logs/folder.js'

const NOW = new Date('2026-01-21T12:00:00Z')

function writeLog(): string {
  const file = join(temporaryFolder(), 'a.log')
  const line = (minutesAgo: number, level: 'info' | 'warn' | 'error', msg: string) =>
    `${jsonLine({ time: new Date(NOW.getTime() - minutesAgo * 60_000).toISOString(), level, source: 'server', msg })}\n`
  writeFileSync(`${file}.1.gz`, gzipSync(line(90, 'error', 'old') + line(30, 'info', 'half an hour')))
  writeFileSync(file, line(20, 'warn', 'careful (really)') + line(5, 'info', 'new'))
  return file
}

const request = (fields: Partial<LogsRequest>): LogsRequest => ({
  file: writeLog(),
  running: false,
  ...fields,
})

describe('skyfly logs', () => {
  const rows: readonly [Partial<LogsRequest>, readonly string[]][] = [
    [{}, ['old', 'half an hour', 'careful (really)', 'new']],
    [{ lines: 1 }, ['new']],
    [{ since: '10m' }, ['new']],
    [{ since: '1h' }, ['half an hour', 'careful (really)', 'new']],
    [{ since: '2026-01-21T11:40:00Z' }, ['careful (really)', 'new']],
    [{ since: '99999999d' }, ['old', 'half an hour', 'careful (really)', 'new']],
    [{ level: 'warn' }, ['old', 'careful (really)']],
    [{ level: 'ERROR' }, ['old']],
    [{ grep: '\\(.*\\)$' }, ['careful (really)']],
    [{ grep: 'a', lines: 1, since: '1h' }, ['careful (really)']],
  ]
  it.each(rows)('with %j shows the right lines, newest last', async (fields, expected) => {
    expect(await collect(logs(request(fields), NOW))).toEqual(expected)
  })

  const mistakes: readonly [Partial<LogsRequest>, RegExp][] = [
    [{ since: 'yesterday' }, /--since yesterday is neither a length of time nor a date/],
    [{ since: '2026-13-45' }, /--since 2026-13-45/],
    [{ since: '' }, /--since/],
    [{ since: '-5m' }, /--since -5m/],
    [{ level: 'loud' }, /--level loud is not a level/],
    [{ grep: '(' }, /--grep \( is not a regular expression/],
  ]
  it.each(mistakes)('refuses %j as a mistake in the command line', async (fields, message) => {
    await expect(collect(logs(request(fields), NOW))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  it.each([false, true])('says that there is no log yet (following: %s)', async follow => {
    const file = join(temporaryFolder(), 'a.log')
    await expect(collect(logs({ file, follow, running: false }))).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining(file),
      hint: expect.stringContaining('skyfly start'),
    })
  })

  it('that follows what is not running shows what there is, then says so', async () => {
    const shown: string[] = []
    const reading = (async () => {
      for await (const matches of logs(request({ follow: true, lines: 2 })))
        shown.push(...matches.map(({ record }) => record?.msg ?? ''))
    })()
    await expect(reading).rejects.toMatchObject({ code: 'not-running' })
    expect(shown).toEqual(['careful (really)', 'new'])
  })

  it('that follows goes on until the signal', async () => {
    const abort = new AbortController()
    const file = writeLog()
    const shown: string[] = []
    for await (const matches of logs({ file, follow: true, running: true, lines: 1, signal: abort.signal })) {
      shown.push(...matches.map(({ record }) => record?.msg ?? ''))
      if (shown.length === 1)
        writeFileSync(file, matches[0]?.line.replace('new', 'newer').concat('\n') ?? '', { flag: 'a' })
      else abort.abort()
    }
    expect(shown).toEqual(['new', 'newer'])
  })
})

describe('a moment', () => {
  it.each([
    ['2026-01-21', new Date(2026, 0, 21)],
    ['2026-01-21 10:30', new Date(2026, 0, 21, 10, 30)],
    ['2026-01-21 10:30:05', new Date(2026, 0, 21, 10, 30, 5)],
    ['2026-01-21T10:30:05', new Date(2026, 0, 21, 10, 30, 5)],
    ['2026-01-21T10:30:05.250Z', new Date(Date.UTC(2026, 0, 21, 10, 30, 5, 250))],
    ['2026-01-21T10:30:05+02:00', new Date(Date.UTC(2026, 0, 21, 8, 30, 5))],
    ['90s', new Date(NOW.getTime() - 90_000)],
    ['1h30m', new Date(NOW.getTime() - 5_400_000)],
  ])('written as %s is local time, unless it says otherwise', (text, expected) => {
    expect(parseSince(text, NOW)).toEqual(expected)
  })
})
