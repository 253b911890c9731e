import { fork } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { writeWhole } from '../../src/supervisor/status.js'
import { removeNow, whileInUse } from '../../src/system/retry-in-use.js'

const skipped = process.platform === 'win32' ? undefined : 'needs Windows'
const READER = fileURLToPath(new URL('reader.mjs', import.meta.url))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'skyfly Dateien '))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

describe.skipIf(skipped !== undefined)(`files in use on Windows (${skipped ?? 'here'})`, () => {
  it('free their name at once when they are removed while somebody reads them', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.log')
    writeFileSync(file, 'old')
    const reader = openSync(file, 'r')
    removeNow(file)
    expect(existsSync(file)).toBe(false)
    writeFileSync(file, 'new', { flag: 'wx' })
    closeSync(reader)
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a.log'])
  })

  it('that are not there are removed without an error', () => {
    removeNow(join(temporaryFolder(), 'nothing'))
  })

  it('can be written and read whole while another process reads them in a loop', async () => {
    const file = join(temporaryFolder(), 'dragonfly.json')
    writeWhole(file, JSON.stringify({ number: 0 }))
    const reader = fork(READER, [file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const message = () => new Promise<unknown>(resolve => reader.once('message', resolve))
    expect(await message()).toBe('reading')
    for (let number = 1; number <= 200; number++) writeWhole(file, JSON.stringify({ number }))
    const seen = message()
    reader.send('enough')
    expect(await seen).toMatchObject({ broken: 0, missing: 0 })
  })

  it('that stay in use are given up in the end, with the system’s own error', () => {
    const folder = temporaryFolder()
    const [file, other] = [join(folder, 'in use'), join(folder, 'other')]
    writeFileSync(file, '')
    writeFileSync(other, '')
    let tries = 0
    expect(() =>
      whileInUse(() => {
        tries++
        throw Object.assign(new Error('in use'), { code: 'EPERM' })
      }),
    ).toThrow('in use')
    expect(tries).toBeGreaterThan(5)
  })
})
