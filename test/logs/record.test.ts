import { describe, expect, it } from 'vitest'
import { jsonLine, type LogRecord, localTime, parseRecord, textLine } from '../../src/logs/record.js'

const TIME = '2026-01-21T10:30:00.123Z'
const record = (fields: Partial<LogRecord>): LogRecord => ({
  time: TIME,
  level: 'info',
  source: 'server',
  msg: 'ready',
  ...fields,
})

describe('the JSON line', () => {
  it('has time, level, source, message and position in this order', () => {
    expect(jsonLine(record({ at: 'dfly_main.cc:1104' }))).toBe(
      `{"time":"${TIME}","level":"info","source":"server","msg":"ready","at":"dfly_main.cc:1104"}`,
    )
  })

  const records: readonly [string, Partial<LogRecord>][] = [
    ['plain text', {}],
    ['a position', { at: 'a.cc:1' }],
    ['another level and source', { level: 'error', source: 'skyfly' }],
    ['an empty message', { msg: '' }],
    ['an empty message with a position', { msg: '', at: 'a.cc:1' }],
    ['quotes, backslashes and braces', { msg: '{"msg":"x","at":"y"} \\ "', at: 'a"b\\' }],
    ['control characters', { msg: 'a\tb\u0000c\u001b[31md\u007f\r\n' }],
    ['what is not ASCII', { msg: 'größer 大 🐉 \u2028 \u0085' }],
    ['half a surrogate pair', { msg: 'x\ud83d' }],
  ]
  it.each(records)('comes back as it was with %s', (_, fields) => {
    const line = jsonLine(record(fields))
    expect(JSON.parse(line)).toEqual(record(fields))
    expect(parseRecord(line)).toEqual(record(fields))
    expect(line).not.toMatch(/[\n\r]/)
  })

  it.each([
    ['fields in another order', `{"msg":"x","level":"warn","source":"skyfly","time":"${TIME}"}`],
    ['spaces', `{ "time": "${TIME}", "level": "warn", "source": "skyfly", "msg": "x" }`],
    ['more fields', `{"time":"${TIME}","level":"warn","source":"skyfly","msg":"x","pid":7}`],
  ])('is read with %s too', (_, line) => {
    expect(parseRecord(line)).toEqual(record({ level: 'warn', source: 'skyfly', msg: 'x' }))
  })

  it.each([
    ['half a record', jsonLine(record({ at: 'a.cc:1' })).slice(0, 90)],
    ['half a record that ends in its message', jsonLine(record({ msg: 'abc' })).slice(0, -3)],
    ['another level', jsonLine(record({})).replace('info', 'loud')],
    ['no message', `{"time":"${TIME}","level":"info","source":"server"}`],
    ['other JSON', '{}'],
    ['another program', 'hello'],
    ['nothing', ''],
  ])('is not recognised in %s', (_, line) => {
    expect(parseRecord(line)).toBeUndefined()
  })
})

describe('the text line', () => {
  it('begins with the local time in brackets', () => {
    const local = new Date(2026, 0, 21, 10, 30, 5)
    expect(textLine(record({ time: local.toISOString(), at: 'a.cc:1' }))).toBe('[2026-01-21 10:30:05] ready')
  })

  it.each([
    ['colours', '\u001b[0;32mgreen\u001b[m', 'green'],
    ['a window title', '\u001b]0;title\u0007text', 'text'],
    ['other escapes', '\u001bMup\u001b7', 'up7'],
    ['control characters', 'a\u0000b\u0007c\u009bd\u007f', 'abcd'],
    ['line ends', 'one\r\ntwo', 'one two'],
    ['tabs, which stay', 'a\tb', 'a\tb'],
    ['what is not ASCII, which stays', 'größer 🐉', 'größer 🐉'],
  ])('leaves out what a terminal would obey: %s', (_, msg, shown) => {
    expect(textLine(record({ msg }))).toBe(`[${localTime(TIME)}] ${shown}`)
  })

  it.each([
    ['debug', ''],
    ['info', ''],
    ['warn', '\u001b[33m'],
    ['error', '\u001b[31m'],
  ] as const)('has for %s, with colours on, the colour %j', (level, colour) => {
    const plain = `[${localTime(TIME)}] ready`
    expect(textLine(record({ level }))).toBe(plain)
    expect(textLine(record({ level }), true)).toBe(colour === '' ? plain : `${colour}${plain}\u001b[0m`)
  })

  it('comes back with whole seconds, as an info line of the server', () => {
    const line = textLine(record({ level: 'error', source: 'skyfly', msg: '[x] y' }))
    expect(parseRecord(line)).toEqual(record({ time: TIME.replace('.123', '.000'), msg: '[x] y' }))
  })

  it.each(['[2026-13-45 10:30:00] text', '[2026-01-21] text', '[2026-01-21 10:3'])(
    'is not recognised in %s',
    line => {
      expect(parseRecord(line)).toBeUndefined()
    },
  )
})
