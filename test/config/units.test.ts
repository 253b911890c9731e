import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
  writeBytes,
  writeDuration,
} from '../../src/config/units.js'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['10', 10_000],
    ['0.5', 500],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['2 min', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
    [' 10S ', 10_000],
    ['0', 0],
  ])('reads %j as %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    '',
    ' ',
    's',
    '-1s',
    '+1s',
    '1 y',
    '1e3',
    '10 s ago',
    '1..5s',
    '.5s',
    'Infinity',
    '9'.repeat(30),
  ])('does not read %j', text => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('parseBytes', () => {
  test.each([
    ['100', 100],
    ['100b', 100],
    ['512k', 524_288],
    ['512kb', 524_288],
    ['64KiB', 65_536],
    ['10mb', 10_485_760],
    ['10 MB', 10_485_760],
    ['1Gb', 1_073_741_824],
    ['1.5g', 1_610_612_736],
    ['2t', 2_199_023_255_552],
  ])('reads %j as %i bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  test.each(['', 'mb', '-1mb', '10 megabytes', '1e9', '1,5gb', '10ib', '99999999t'])(
    'does not read %j',
    text => {
      expect(parseBytes(text)).toBeUndefined()
    },
  )
})

describe('formatDuration', () => {
  test.each([
    [0, '0 ms'],
    [212, '212 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_400, '1.4 s'],
    [10_000, '10 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_700, '1 h'],
    [10_920_000, '3 h 2 min'],
    [86_399_000, '1 d'],
    [349_200_000, '4 d 1 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test.each([212, 1_400, 125_000, 10_920_000, 349_200_000])(
    'writes %i ms so that it can be read back',
    ms => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    },
  )
})

describe('formatBytes', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [88, '88 bytes'],
    [1_023, '1023 bytes'],
    [1_024, '1 KB'],
    [1_258_291, '1.2 MB'],
    [1_048_575, '1 MB'],
    [268_435_456, '256 MB'],
    [1_610_612_736, '1.5 GB'],
    [2_199_023_255_552, '2 TB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test.each([1_024, 10_485_760, 1_610_612_736])('writes %i bytes so that they can be read back', bytes => {
    expect(parseBytes(formatBytes(bytes))).toBe(bytes)
  })
})

describe('what is written is read as the same', () => {
  test.each([
    [1, '1ms'],
    [1_500, '1500ms'],
    [90_000, '90s'],
    [120_000, '2m'],
    [86_400_000, '1d'],
  ])('%i ms as %s', (ms, text) => {
    expect(writeDuration(ms)).toBe(text)
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    [1, '1'],
    [1_536, '1536'],
    [65_536, '64kb'],
    [1_610_612_736, '1536mb'],
    [2_199_023_255_552, '2048gb'],
  ])('%i bytes as %s', (bytes, text) => {
    expect(writeBytes(bytes)).toBe(text)
    expect(parseBytes(text)).toBe(bytes)
  })
})
