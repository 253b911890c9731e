import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newProject, withClient } from './engine-lifecycle.js'

const skipped = process.platform === 'win32' ? undefined : 'needs Windows'

// Its life is that of test/cli/lifecycle.test.ts, which runs on Windows, too.
describe.skipIf(skipped !== undefined)(`data on Windows (${skipped ?? 'here'})`, () => {
  it('is there again after a stop and a start', async () => {
    await using project = newProject()
    await withClient(await project.start('--engine', 'embedded'), client =>
      client.set('Schlüssel', 'überlebt'),
    )
    expect((await project.skyfly('stop')).exitCode).toBe(0)
    const status = await project.start('--engine', 'embedded')
    expect(await withClient(status, client => client.get('Schlüssel'))).toBe('überlebt')
  })

  it('may lie in a folder whose path is longer than 260 characters', async () => {
    await using project = newProject()
    const dir = join(
      project.dir,
      ...Array.from({ length: 6 }, () => 'Ordner mit einem langen Namen '.repeat(2).trim()),
    )
    mkdirSync(dir, { recursive: true })
    await project.start('--engine', 'embedded', '--dir', dir)
    const stopped = await project.skyfly('stop')
    expect(stopped.stdout).toContain('saved dump.rdb')
    expect(existsSync(join(dir, 'dump.rdb'))).toBe(true)
  })
})
