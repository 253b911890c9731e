import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/config/nearest.js'

const WORDS = ['port', 'host', 'logLevel', 'logFormat', 'maxmemory', 'constructor']

describe('the word that was meant', () => {
  it.each([
    ['prot', 'port'],
    ['LOG_LEVEL', 'logLevel'],
    ['log-level', 'logLevel'],
    ['loglvel', 'logLevel'],
    ['maxMemory', 'maxmemory'],
    ['Host', 'host'],
    ['hots', 'host'],
    ['somethingElse', undefined],
  ])('by %s is %s', (typed, meant) => {
    expect(nearest(typed, WORDS)).toBe(meant)
  })

  it('is nothing where there are no words', () => {
    expect(nearest('port', [])).toBeUndefined()
  })
})
