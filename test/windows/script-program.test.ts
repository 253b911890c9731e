import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { fixture, isAlive, until } from '../project.js'
import { isWindows, runsFixtures } from '../system.js'
import { newProject } from './engine-lifecycle.js'
import { NO_NATIVE } from './native.js'

const PROGRAM = fixture('floods-log.mjs')
const isHere = isWindows && runsFixtures

/** Whether nobody listens any more. */
const isFree = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
    socket.once('connect', () => socket.destroy())
  })

describe.skipIf(!isHere)(`a script as a program of Windows (${isHere ? 'here' : NO_NATIVE})`, () => {
  const server = ['--engine', 'redis', '--binary', PROGRAM, '--restart', 'no']

  it('is a server like any other, and what it prints is logged', async () => {
    await using project = newProject()
    await project.start(...server)
    await until(() => project.read('logs/dragonfly.log').includes('flood is over'))
  })

  it('ends when its program is killed', async () => {
    await using project = newProject()
    const { pid, port } = await project.start(...server)
    process.kill(pid ?? 0)
    await until(() => !isAlive(pid ?? 0))
    await until(() => isFree(port ?? 0))
    expect(isAlive(pid ?? 0)).toBe(false)
  })
})
