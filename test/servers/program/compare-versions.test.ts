import { describe, expect, it } from 'vitest'
import { compareVersions } from '../../../src/servers/program/compare-versions.js'

describe('versions', () => {
  it.each([
    ['1.9.0', '1.40.1'],
    ['1.40.1', '1.40.2'],
    ['1.40', '1.40.1'],
    ['9.0', '10.0'],
    ['1.40.1-rc1', '1.40.1'],
    ['1.40.1-rc.9', '1.40.1-rc.10'],
    ['1.40.0', '1.40.1-rc1'],
  ])('%s comes before %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0)
    expect(compareVersions(newer, older)).toBeGreaterThan(0)
  })
})
