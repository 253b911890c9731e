import { describe, expect, it } from 'vitest'
import { flagsOf } from '../../src/cli/engine-spec.js'

describe('engine@version', () => {
  it.each([
    ['dragonfly', { engine: 'dragonfly' }],
    ['dragonfly@1.40.1', { engine: 'dragonfly', engineVersion: '1.40.1' }],
    ['Dragonfly@latest', { engine: 'dragonfly', engineVersion: 'latest' }],
    ['valkey@v9.0.1', { engine: 'valkey', engineVersion: 'v9.0.1' }],
  ])('reads %s', (spec, flags) => {
    expect(flagsOf(spec, {})).toEqual(flags)
  })

  it.each([
    ['mongodb', {}, /there is no engine "mongodb"/],
    ['1.40.1', {}, /there is no engine "1\.40\.1"/],
    ['dragonfly@', {}, /"" is not a version/],
    ['dragonfly@../../etc', {}, /is not a version/],
    ['dragonfly@newest', {}, /"newest" is not a version/],
    ['dragonfly', { engine: 'redis' }, /say different things: dragonfly and redis/],
    ['dragonfly@1.40.1', { engineVersion: '1.39.0' }, /say different things/],
  ])('refuses %s', (spec, options, message) => {
    expect(() => flagsOf(spec, options)).toThrow(message)
  })
})
