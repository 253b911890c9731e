import { describe, expect, it } from 'vitest'
import type { Pins } from '../../../src/servers/install/lock-file.js'
import { isFirm, type SearchConfig, searchOrder } from '../../../src/servers/search/search-order.js'
import type { BuildTarget } from '../../../src/system/platform.js'

const SHA256 = 'a'.repeat(64)
const PINNED: Pins = {
  dragonfly: { version: '1.39.0', builds: { 'linux-x64': { url: 'https://x.example/a', sha256: SHA256 } } },
}

interface Case {
  readonly config?: Partial<SearchConfig>
  readonly pins?: Pins
  readonly target?: BuildTarget
  readonly mayDownload?: boolean
}

const order = ({ config = {}, pins = {}, target = 'linux-x64', mayDownload = true }: Case) => {
  const defaults = {
    engine: 'auto',
    engineVersion: undefined,
    offline: false,
    allowUnverified: false,
  } as const
  const all = { ...defaults, mirror: undefined, sources: {}, ...config }
  return searchOrder(all, { pins, target, mayDownload })
}

describe('the order of a search', () => {
  const setting = { sources: { engineVersion: '--engine-version' } }
  const HERE = ['valkey here', 'redis here', 'memurai here', 'garnet here']
  const FIRST = ['dragonfly here', 'dragonfly fetch', 'dragonfly older']

  it.each<[string, Case, readonly string[]]>([
    ['with the default settings on Linux', {}, [...FIRST, ...HERE, 'embedded here']],
    [
      'where Dragonfly has no build',
      { target: 'win32-x64' },
      [...FIRST, ...HERE, 'valkey substitute', 'embedded here'],
    ],
    [
      'offline, where Dragonfly has no build',
      { target: 'win32-x64', config: { offline: true } },
      [...FIRST, ...HERE, 'embedded here'],
    ],
    [
      'of a supervisor, which downloads nothing',
      { target: 'win32-x64', mayDownload: false },
      [...FIRST, ...HERE, 'embedded here'],
    ],
    ['for one engine', { config: { engine: 'redis' } }, ['redis here', 'redis fetch', 'redis older']],
    ['for what skyfly.lock pins', { pins: PINNED }, ['dragonfly here', 'dragonfly fetch']],
    [
      'for what skyfly.lock pins for other machines only',
      { pins: PINNED, target: 'linux-arm64' },
      ['dragonfly here', 'dragonfly fetch', ...HERE, 'embedded here'],
    ],
    [
      'for a version',
      { config: { engine: 'dragonfly', engineVersion: '1.38.0', ...setting } },
      ['dragonfly here', 'dragonfly fetch'],
    ],
    [
      'for the latest version',
      { config: { engine: 'dragonfly', engineVersion: 'latest', ...setting } },
      ['dragonfly fetch', 'dragonfly here'],
    ],
    [
      'for the latest version offline',
      { config: { engine: 'dragonfly', engineVersion: 'latest', offline: true, ...setting } },
      ['dragonfly here', 'dragonfly fetch'],
    ],
  ])('%s', (_, input, expected) => {
    expect(order(input).map(({ request, how }) => `${request.engine} ${how}`)).toEqual(expected)
  })

  it('says that only a version which somebody named is firm', () => {
    const firm = (input: Case) => order(input).map(({ request }) => isFirm(request))[0]
    expect(firm({})).toBe(false)
    expect(firm({ config: { engineVersion: '1.38.0', ...setting } })).toBe(true)
    expect(firm({ config: { engineVersion: 'latest', ...setting } })).toBe(false)
    expect(firm({ pins: PINNED })).toBe(false)
  })

  it('refuses another version than skyfly.lock pins', () => {
    const config = { engineVersion: '1.38.0', ...setting }
    expect(() => order({ config, pins: PINNED })).toThrow(
      /pins dragonfly 1\.39\.0, and --engine-version asks/,
    )
  })
})
