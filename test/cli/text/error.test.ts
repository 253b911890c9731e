import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { renderError } from '../../../src/cli/text/error.js'
import { SkyflyError } from '../../../src/errors.js'
import { trace } from '../../../src/system/trace.js'

const PLAIN = { colour: false }

describe('an error as people read it', () => {
  const cases: [string, SkyflyError, string][] = [
    ['what happened', new SkyflyError('usage', 'no port'), 'skyfly: no port\n'],
    [
      'what to do next',
      new SkyflyError('usage', 'no port', { hint: 'give one' }),
      'skyfly: no port\nhint: give one\n',
    ],
    [
      'what shows it, first',
      new SkyflyError('start-failed', 'it ended', { details: ['one', 'two'], hint: 'mend it' }),
      '  | one\n  | two\nskyfly: it ended\nhint: mend it\n',
    ],
    [
      "nothing that a terminal would obey in a server's words",
      new SkyflyError('start-failed', 'it\u001b[2J ended:\nso', { details: ['\u001b]0;x\u0007one\r'] }),
      '  | one\nskyfly: it ended: so\n',
    ],
  ]
  it.each(cases)('says %s', (_, error, expected) => {
    expect(renderError(error, PLAIN)).toBe(expected)
  })

  it('is the same in colour', () => {
    const error = new SkyflyError('usage', 'no port', { details: ['one'], hint: 'give one' })
    const coloured = renderError(error, { colour: true })
    expect(coloured).not.toBe(renderError(error, PLAIN))
    expect(stripVTControlCharacters(coloured)).toBe(renderError(error, PLAIN))
  })

  it('says what skyfly was doing when something happened that nobody foresaw', () => {
    trace('search', () => '')
    expect(renderError(new TypeError('x'), PLAIN)).toMatch(
      /^skyfly: .*, while it looked for the server program\n/,
    )
  })

  it.each([
    ['an error that nobody foresaw', new TypeError('x is undefined'), 'TypeError: x is undefined'],
    ['one that says so', new SkyflyError('bug', 'two children'), 'SkyflyError: two children'],
    ['what is no error', 'a text', 'a text'],
  ])('asks for a report of %s, with its stack', (_, error, expected) => {
    const text = renderError(error, PLAIN)
    expect(text).toMatch(/^skyfly: it failed in a way that was not foreseen.*\n/)
    expect(text).toContain(`\n${expected}`)
    expect(text).toMatch(
      /\nhint: .*SKYFLY_DEBUG=1.*\nskyfly: this is a bug in skyfly; please report it .*\n$/,
    )
    if (error instanceof Error) expect(text).toMatch(/\n {4}at /)
  })
})
