import { describe, expect, it } from 'vitest'
import { isLogged, isLogLevel, logLine } from '../../src/embedded/log.js'

describe('the log', () => {
  it('has the form of Redis', () => {
    const line = logLine('info', 'text\r\non one line', new Date(2026, 10, 20, 8, 31, 31, 90))
    expect(line).toBe(`${process.pid}:M 20 Nov 2026 08:31:31.090 * text on one line\n`)
  })

  it.each([
    ['debug', 'info', false],
    ['info', 'info', true],
    ['error', 'info', true],
    ['warn', 'error', false],
  ] as const)('with a line of level %s at level %s: %s', (level, lowest, is) => {
    expect(isLogged(level, lowest)).toBe(is)
  })

  it('knows its levels', () => {
    expect(['debug', 'info', 'warn', 'error'].every(isLogLevel)).toBe(true)
    expect(isLogLevel('notice')).toBe(false)
  })
})
