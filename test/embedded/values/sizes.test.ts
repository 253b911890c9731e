import { expect, it } from 'vitest'
import { parseSize } from '../../../src/embedded/values/sizes.js'

it.each([
  ['0', 0],
  ['100', 100],
  ['1k', 1000],
  ['1KB', 1024],
  ['2m', 2_000_000],
  ['2mb', 2 * 1024 ** 2],
  ['1gb', 1024 ** 3],
  ['5b', 5],
  ['', undefined],
  ['mb', undefined],
  ['1x', undefined],
  ['-1', undefined],
  ['1.5gb', undefined],
])('the size %j', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})
