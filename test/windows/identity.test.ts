import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isAlive, isInGroup, isProcess, ownIdentity, processIdentity } from '../../src/system/processes.js'
import { signalServer } from '../../src/system/signals.js'
import { until } from '../project.js'

const skipped = process.platform === 'win32' ? undefined : 'needs Windows'

/** A process that waits, and when it was made. */
async function idle() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
    windowsHide: true,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return { child, pid: child.pid ?? 0, startedAt: new Date() }
}

describe.skipIf(skipped !== undefined)(`a process on Windows (${skipped ?? 'here'})`, () => {
  it('is known again by the time at which it was made', async () => {
    const { pid, startedAt } = await idle()
    expect(isProcess(pid, processIdentity(pid, startedAt) ?? '')).toBe(true)
    expect(isProcess(process.pid, ownIdentity() ?? '')).toBe(true)
  })

  it('is another one than that which had its PID an hour ago', async () => {
    const { pid, startedAt } = await idle()
    const before = new Date(startedAt.getTime() - 3_600_000)
    expect(isProcess(pid, processIdentity(pid, before) ?? '')).toBe(false)
  })

  it('is none any more when it has ended', async () => {
    const { child, pid, startedAt } = await idle()
    const gone = once(child, 'exit')
    expect(signalServer(pid, 'SIGKILL')).toBe(true)
    await gone
    await until(() => !isAlive(pid))
    expect(isProcess(pid, processIdentity(pid, startedAt) ?? '')).toBe(false)
    expect(signalServer(pid, 'SIGKILL')).toBe(false)
  })

  it('behind a shim is known by what started it', async () => {
    const { child, pid } = await idle()
    const other = await idle()
    expect(await isInGroup(pid, process.pid)).toBe(true)
    expect(await isInGroup(pid, pid)).toBe(true)
    expect(await isInGroup(pid, other.pid)).toBe(false)
    expect(child.exitCode).toBe(null)
  })
})
