import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive, until } from '../project.js'
import { isLinux } from '../system.js'

const MODULE = new URL('../../dist/system/spawning.js', import.meta.url).href
/** Spawns what a supervisor would, stopped before its first step, and tells its PID. */
const PARENT = `
  import { spawn } from 'node:child_process'
  const { serverWrapper } = await import(${JSON.stringify(MODULE)})
  const { words, detached } = await serverWrapper()
  const stopped = ['-c', 'kill -STOP $$; exec "$@"', 'sh', ...words, 'touch', process.argv[1]]
  process.stdout.write(String(spawn('/bin/sh', stopped, { detached, stdio: 'ignore' }).pid))
  setInterval(() => {}, 1000)
`

const isStopped = (pid: number) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

// Elsewhere no signal tells a server that its supervisor died.
describe.runIf(isLinux)('a server that is spawned', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-spawning-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it.each([
    ['does not begin when its supervisor died meanwhile', true],
    ['begins when its supervisor lives', false],
  ])('%s', async (_, dies) => {
    const marker = join(folder, 'began')
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, marker])
    const [text] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(text)
    await until(() => isStopped(pid))
    if (dies) {
      parent.kill('SIGKILL')
      await once(parent, 'exit')
    }
    process.kill(pid, 'SIGCONT')
    await until(() => !isAlive(pid))
    expect(existsSync(marker)).toBe(!dies)
    parent.kill('SIGKILL')
  })
})
