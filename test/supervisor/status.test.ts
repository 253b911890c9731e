import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/resolve.js'
import { ended, neverStarted, readRecord, recordText, type Status } from '../../src/supervisor/status.js'

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'skyfly-status-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const unknown = (port: string) => neverStarted(loadConfig({ flags: { port }, cwd: folder(), env: {} }))

describe('the status', () => {
  it('of an instance that was never started has the address that it would have', () => {
    expect(unknown('7000')).toMatchObject({ state: 'stopped', port: 7000, url: 'redis://127.0.0.1:7000' })
    expect(unknown('auto')).toMatchObject({ state: 'stopped', port: null, url: null })
  })

  it('after the end keeps what ran and drops what was alive', () => {
    const running: Status = {
      ...unknown('7000'),
      state: 'running',
      engine: 'redis',
      pid: 1,
      supervisorPid: 2,
    }
    expect(ended(running, 'failed', null)).toMatchObject({
      state: 'failed',
      engine: 'redis',
      port: 7000,
      pid: null,
      supervisorPid: null,
    })
  })
})

describe('a state file', () => {
  const record = () => ({
    status: unknown('7000'),
    serverIdentity: null,
    supervisorIdentity: null,
    temporaryDir: null,
  })

  it('is read as it was written', () => {
    const written = record()
    const file = join(folder(), 'dragonfly.json')
    writeFileSync(file, recordText(written))
    expect(readRecord(file)).toEqual(written)
  })

  const rows: readonly { title: string; text: () => string | undefined }[] = [
    { title: 'is missing', text: () => undefined },
    { title: 'is empty', text: () => '' },
    { title: 'is cut short', text: () => recordText(record()).slice(0, 40) },
    { title: 'is of another kind', text: () => '{"status":{"pid":"4711"}}' },
    { title: 'is a list', text: () => '[]' },
    { title: 'is null', text: () => 'null' },
  ]
  it.each(rows)('that $title tells nothing', ({ text }) => {
    const file = join(folder(), 'dragonfly.json')
    const written = text()
    if (written !== undefined) writeFileSync(file, written)
    expect(readRecord(file)).toBeUndefined()
  })
})
