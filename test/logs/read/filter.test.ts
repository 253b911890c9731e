import { describe, expect, it } from 'vitest'
import { type LogFilter, lineMatcher } from '../../../src/logs/read/filter.js'
import { jsonLine, type LogRecord } from '../../../src/logs/record.js'

const line = (more: Partial<LogRecord> = {}) =>
  jsonLine({ time: '2026-01-21T10:30:00.000Z', level: 'info', source: 'server', msg: 'ready', ...more })
const at = (time: string) => ({ since: new Date(`2026-01-21T${time}Z`) })

describe('a filter of log lines', () => {
  it('is none where nothing is asked for', () => {
    expect(lineMatcher({})).toBeUndefined()
  })

  const cases: [LogFilter, string, boolean][] = [
    [at('10:30:00.000'), line(), true],
    [at('10:30:00.001'), line(), false],
    [{ level: 'info' }, line(), true],
    [{ level: 'warn' }, line(), false],
    [{ level: 'warn' }, line({ level: 'error' }), true],
    [{ level: 'debug' }, line({ level: 'debug' }), true],
    [{ grep: /^ready$/ }, line(), true],
    [{ grep: /server/ }, line(), false],
    [{ grep: /ready/, level: 'error' }, line(), false],
    [{ grep: /half/ }, 'half a record', true],
    [{ grep: /half/, level: 'debug' }, 'half a record', true],
    [{ grep: /half/, level: 'info' }, 'half a record', false],
    [{ grep: /half/, ...at('00:00:00.000') }, 'half a record', false],
    [{ level: 'warn' }, 'half a record', false],
  ]
  it.each(cases)('%o of %s: %s', (filter, text, passes) => {
    expect(lineMatcher(filter)?.(text)).toBe(passes)
  })

  it.each(['g', 'y', 'gy'])('with the flag %s matches one line after another', flags => {
    const matches = lineMatcher({ grep: new RegExp('ready', flags) })
    expect([line(), line(), line()].map(text => matches?.(text))).toEqual([true, true, true])
  })
})
