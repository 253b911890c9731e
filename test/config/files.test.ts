import { join } from 'node:path'
import { expect, test } from 'vitest'
import { controlPath, instanceFiles } from '../../src/config/files.js'

const linux = { platform: 'linux', uid: 1000 } as const

test('the files of an instance are in data/ and logs/ of the project', () => {
  expect(instanceFiles('/project', 'cache', linux)).toEqual({
    pidFile: join('/project', 'data', 'cache.pid'),
    stateFile: join('/project', 'data', 'cache.json'),
    logFile: join('/project', 'logs', 'cache.log'),
    controlSocket: join('/project', 'data', 'cache.sock'),
  })
})

test('a control socket of 100 bytes stays where it is, one of 101 moves to /tmp', () => {
  const fits = `/${'p'.repeat(94)}.sock`
  expect(Buffer.byteLength(fits)).toBe(100)
  expect(controlPath(fits, linux)).toBe(fits)
  expect(controlPath(`/p${fits}`, linux)).toMatch(/^\/tmp\/skyfly-1000\/[0-9a-f]{16}\.sock$/)
})

test('the length of a control socket is counted in bytes, not in letters', () => {
  const path = `/${'ü'.repeat(60)}.sock`
  expect(path.length).toBeLessThan(100)
  expect(controlPath(path, linux)).toMatch(/^\/tmp\/skyfly-1000\//)
})

test('two long paths never share a control socket, and one keeps its own', () => {
  const long = `/${'p'.repeat(200)}`
  expect(controlPath(`${long}/a.sock`, linux)).not.toBe(controlPath(`${long}/b.sock`, linux))
  expect(controlPath(`${long}/a.sock`, linux)).toBe(controlPath(`${long}/a.sock`, linux))
})

test('on Windows the control socket is a file of any length, which names a pipe', () => {
  const path = `C:\\project\\${'long'.repeat(50)}\\data\\dragonfly.sock`
  expect(controlPath(path, { platform: 'win32', uid: 0 })).toBe(path)
})
