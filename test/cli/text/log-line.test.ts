import { describe, expect, it } from 'vitest'
import { type LogLineStyle, renderLogLine } from '../../../src/cli/text/log-line.js'
import { LogMatch } from '../../../src/logs/read/read.js'

const RECORD =
  '{"time":"2026-01-21T10:30:00.123Z","level":"warn","source":"server","msg":"low","at":"a.cc:1"}'
const TIME = /^(?:\x1b\[33m)?\[2026-01-2\d \d\d:\d\d:00\] /

describe('a line of skyfly logs', () => {
  it.each<[LogLineStyle, string, string]>([
    ['json', RECORD, `${RECORD}\n`],
    ['json', '{"half of a rec', '{"half of a rec\n'],
    ['json', 'no record', '{"msg":"no record"}\n'],
    ['text', 'no record', 'no record\n'],
  ])('as %s: %s', (style, line, expected) => {
    expect(renderLogLine(new LogMatch(line), style)).toBe(expected)
  })

  it('has the time and the message for people, in colour where that is wanted', () => {
    const text = renderLogLine(new LogMatch(RECORD), 'text')
    expect(text.replace(TIME, '')).toBe('low\n')
    expect(renderLogLine(new LogMatch(RECORD), 'colour')).toBe(`\x1b[33m${text.trim()}\x1b[0m\n`)
  })

  it('becomes a record where the file is text', () => {
    const json = renderLogLine(new LogMatch('[2026-01-21 10:30:00] low'), 'json')
    expect(JSON.parse(json)).toMatchObject({ level: 'info', source: 'server', msg: 'low' })
  })
})
