import { describe, expect, it } from 'vitest'
import { size } from '../../../src/engines/dragonfly/sizing.js'
import { SkyflyError } from '../../../src/errors.js'

const MIB = 1024 * 1024
const machine = (cores: number, mib: number) => ({ cores, memoryBytes: mib * MIB })

describe('threads and memory of a Dragonfly', () => {
  it.each([
    ['two cores, plenty of memory', machine(2, 10_000), {}, {}, { threads: 2, maxmemoryMib: 8000 }],
    ['memory for fewer threads than cores', machine(8, 1000), {}, {}, { threads: 3, maxmemoryMib: 800 }],
    ['hardly any memory', machine(4, 100), {}, {}, { threads: 1, maxmemoryMib: 256 }],
    ['exactly the floor for two threads', machine(2, 640), {}, {}, { threads: 2, maxmemoryMib: 512 }],
    [
      'only threads, memory enough',
      machine(2, 10_000),
      { threads: 4 },
      {},
      { threads: 4, maxmemoryMib: 8000 },
    ],
    ['only threads, memory raised', machine(2, 1000), { threads: 8 }, {}, { threads: 8, maxmemoryMib: 2048 }],
    ['only memory', machine(8, 10_000), { maxmemory: 600 * MIB }, {}, { threads: 2, maxmemoryMib: 600 }],
    [
      'memory not in whole MiB',
      machine(8, 10_000),
      { maxmemory: 600 * MIB + 7 },
      {},
      { threads: 2, maxmemoryMib: 600 },
    ],
    [
      'both, consistent',
      machine(2, 10_000),
      { maxmemory: 4096 * MIB, threads: 3 },
      {},
      { threads: 3, maxmemoryMib: 4096 },
    ],
    [
      'both, exactly enough',
      machine(2, 10_000),
      { maxmemory: 512 * MIB, threads: 2 },
      {},
      { threads: 2, maxmemoryMib: 512 },
    ],
    [
      'memory past skyfly',
      machine(8, 10_000),
      {},
      { maxmemory: 1024 * MIB },
      { threads: 4, maxmemoryMib: 1024 },
    ],
    [
      'too little memory past skyfly',
      machine(8, 10_000),
      {},
      { maxmemory: 100 * MIB },
      { threads: 1, maxmemoryMib: 100 },
    ],
    [
      'memory past skyfly against --threads',
      machine(8, 10_000),
      { threads: 8 },
      { maxmemory: 512 * MIB },
      { threads: 2, maxmemoryMib: 512 },
    ],
    ['threads past skyfly', machine(2, 1000), {}, { threads: 8 }, { threads: 8, maxmemoryMib: 2048 }],
    [
      'threads past skyfly against --maxmemory',
      machine(2, 1000),
      { maxmemory: 512 * MIB },
      { threads: 4 },
      { threads: 4, maxmemoryMib: 1024 },
    ],
    [
      'both past skyfly',
      machine(2, 1000),
      {},
      { maxmemory: 300 * MIB, threads: 9 },
      { threads: 9, maxmemoryMib: 300 },
    ],
  ])('are chosen together: %s', (_, resources, settings, forced, expected) => {
    expect(size(resources, settings, forced)).toEqual(expected)
  })

  it.each([
    [
      { maxmemory: 100 * MIB },
      '100 MiB of memory are too little for 1 thread of Dragonfly',
      'use --maxmemory 256mb',
    ],
    [
      { maxmemory: 600 * MIB, threads: 8 },
      '600 MiB of memory are too little for 8 threads',
      'use --maxmemory 2048mb, or --threads 2',
    ],
    [
      { maxmemory: 200 * MIB, threads: 2 },
      '200 MiB of memory are too little for 2 threads',
      'use --maxmemory 512mb',
    ],
  ])('are refused with the way out: %o', (settings, message, hint) => {
    expect.assertions(4)
    try {
      size(machine(8, 10_000), settings)
    } catch (error) {
      expect(error).toBeInstanceOf(SkyflyError)
      expect((error as SkyflyError).code).toBe('usage')
      expect((error as SkyflyError).message).toContain(message)
      expect((error as SkyflyError).hint).toBe(hint)
    }
  })
})
