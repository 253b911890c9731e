import { describe, expect, it } from 'vitest'
import { posixPath } from '../../src/engines/posix-path.js'

describe('a folder of Windows, for a server that runs there through a layer', () => {
  it.each([
    ['C:\\data\\ä b', '/cygdrive/c/data/ä b', '/c/data/ä b'],
    ['C:/data/x', '/cygdrive/c/data/x', '/c/data/x'],
    ['D:\\', '/cygdrive/d/', '/d/'],
    ['e:', '/cygdrive/e', '/e'],
    ['\\\\server\\share\\x y', '//server/share/x y', '//server/share/x y'],
    ['\\\\?\\C:\\deep\\x', '/cygdrive/c/deep/x', '/c/deep/x'],
    ['\\\\?\\UNC\\server\\share\\x', '//server/share/x', '//server/share/x'],
    ['/already/posix', '/already/posix', '/already/posix'],
  ])('%s is %s for Cygwin, %s for MSYS2', (path, cygwin, msys2) => {
    expect(posixPath(path, 'cygwin')).toBe(cygwin)
    expect(posixPath(path, 'msys2')).toBe(msys2)
  })

  it.each(['C:\\data\\ä b', '\\\\server\\share', '/data/back\\slash'])('without a layer stays %s', path => {
    expect(posixPath(path, undefined)).toBe(path)
  })
})
