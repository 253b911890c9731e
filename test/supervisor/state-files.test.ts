import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/resolve.js'
import { makeFolders, StateFiles } from '../../src/supervisor/state-files.js'
import { ended, neverStarted, readRecord, type Status } from '../../src/supervisor/status.js'

function instance() {
  const dir = mkdtempSync(join(tmpdir(), 'skyfly-state-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const config = loadConfig({ flags: {}, cwd: dir, env: {} })
  makeFolders(config.files)
  const errors: Error[] = []
  const status = neverStarted(config)
  const files = new StateFiles(config.files, status, error => errors.push(error))
  const started: Status = {
    ...status,
    state: 'starting',
    pid: process.pid,
    supervisorPid: process.pid,
    startedAt: new Date().toISOString(),
  }
  return { files, started, errors, ...config.files }
}

describe('the files of an instance', () => {
  it('have a PID only while the server is ready', () => {
    const { files, started, pidFile } = instance()
    files.update(started, null)
    expect(existsSync(pidFile)).toBe(false)
    const ready: Status = { ...started, state: 'running', readyAt: new Date().toISOString() }
    files.update(ready, null)
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`)
    files.update(ended(ready, 'stopped', null), null)
    expect(existsSync(pidFile)).toBe(false)
  })

  it('name the processes, and the folder to remove, for whoever cleans up', () => {
    const { files, started, stateFile } = instance()
    files.update(started, '/tmp/skyfly-dragonfly-x')
    const record = readRecord(stateFile)
    expect(record).toMatchObject({ temporaryDir: '/tmp/skyfly-dragonfly-x', status: { state: 'starting' } })
    expect(record?.supervisorIdentity).toBeTruthy()
  })

  it('that cannot be written are told of, and the status goes on', () => {
    const { files, started, stateFile, errors } = instance()
    rmSync(dirname(stateFile), { recursive: true })
    // A folder in the place of the state file.
    mkdirSync(stateFile, { recursive: true })
    files.update(started, null)
    expect(errors).toHaveLength(1)
    expect(files.status.state).toBe('starting')
  })
})
