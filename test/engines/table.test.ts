import { describe, expect, it } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'

describe('every engine says', () => {
  it.each([
    ['dragonfly', '1.40.1', 'BUSL-1.1'],
    ['valkey', '9.0.1', 'BSD-3-Clause'],
    ['redis', '7.0.15', 'BSD-3-Clause'],
    ['redis', '7.2.7', 'BSD-3-Clause'],
    ['redis', '7.4.0', 'RSALv2 or SSPLv1'],
    ['redis', '8.10.2', 'AGPL-3.0, RSALv2 or SSPLv1'],
    ['redis', undefined, 'BSD-3-Clause, RSALv2 or AGPL-3.0, by version'],
    ['memurai', '4.2.3', 'commercial'],
    ['garnet', '2.1.7', 'MIT'],
    ['embedded', undefined, 'MIT'],
  ] as const)('the licence of %s %s: %s', (engine, version, licence) => {
    expect(ENGINES[engine].licence(version)).toBe(licence)
  })

  it.each(Object.values(ENGINES))(
    'what differs from Dragonfly, to follow "it": $name',
    ({ name, differs }) => {
      if (name === 'dragonfly') expect(differs).toBeUndefined()
      else expect(differs).toMatch(/^(?:has|is|runs) .*DFLY commands(?:.*[^.])?$/)
    },
  )

  it('by its version which engine a program is, and no two claim the same', () => {
    const printed = [
      'dragonfly v1.40.1\n',
      'Valkey server v=9.0.1 sha=00000000:0\n',
      'Redis server v=8.10.2 sha=00000000:1\n',
      'Memurai Server v=4.1.2 sha=0\n',
      'GarnetServer 2.1.7+abc\n',
      'skyfly embedded server v=0.1.0\n',
    ]
    const claims = printed.map(stdout =>
      Object.values(ENGINES)
        .filter(({ parseVersion }) => parseVersion(stdout) !== undefined)
        .map(({ name }) => name),
    )
    expect(claims).toEqual([...[['dragonfly'], ['valkey'], ['redis'], ['memurai'], ['garnet'], ['embedded']]])
  })
})
