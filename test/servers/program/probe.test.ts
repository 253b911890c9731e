import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probe } from '../../../src/servers/program/probe.js'
import { isAlive, until } from '../../project.js'
import { isWindows } from '../../system.js'

// A program for a test is a shell script, which Windows does not start.
describe.skipIf(isWindows)('a program that is asked who it is', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyfly-probe-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const ask = (script: string, timeoutMs?: number) => {
    const path = join(folder, 'program')
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    const env = { PATH: '/bin:/usr/bin' }
    return probe({
      path,
      likely: 'redis',
      env,
      platform: 'linux',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }

  it('has only so long to answer', async () => {
    await expect(ask('exec sleep 60', 100)).rejects.toThrow(/does not answer --version within 0\.1 s/)
  })

  it('takes what it started with it', async () => {
    const script = 'sleep 60 & echo $! > "$0.pid"; wait'
    await expect(ask(script, 100)).rejects.toThrow(/does not answer/)
    const pid = Number(readFileSync(join(folder, 'program.pid'), 'utf8'))
    await until(() => !isAlive(pid))
  })

  it('is not kept waiting for input', async () => {
    expect((await ask('cat; echo "Redis server v=7.0.15"')).version).toBe('7.0.15')
  })

  it('may print without end', async () => {
    expect((await ask('exec yes')).engine).toBeUndefined()
  })

  it('may end with any exit code', async () => {
    expect((await ask('echo "Redis server v=7.0.15"; exit 1')).version).toBe('7.0.15')
  })
})
