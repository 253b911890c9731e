import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../src/supervisor/status.js'
import { Project } from '../project.js'

const SECRET = 'hunter2-Geheim'
/** `   123 ms  topic     text` */
const LINE = /^ *\d+ ms {2}(\w+) +\S/

const topicsOf = (stderr: string) => new Set(stderr.split('\n').map(line => LINE.exec(line)?.[1]))

describe('the trace for bug reports', () => {
  it.each([
    ['SKYFLY_DEBUG', { SKYFLY_DEBUG: '1' }, []],
    ['--verbose', {}, ['--verbose']],
  ])('tells by %s what a start decides and does, on standard error', async (_, env, flags) => {
    await using project = new Project()
    const args = ['start', '--detach', '--json', '--port', 'auto', '--engine', 'embedded', ...flags]
    const { exitCode, stdout, stderr } = await project.spawn(args, env)
    expect(exitCode).toBe(0)
    expect((JSON.parse(stdout) as Status).state).toBe('running')
    const lines = stderr.split('\n')
    expect(lines.filter(line => !LINE.test(line))).toEqual([])
    for (const topic of ['command', 'search', 'control', 'spawn', 'server', 'health'])
      expect([...topicsOf(stderr)]).toContain(topic)
  })

  it('goes on in the log when the starter has left', async () => {
    await using project = new Project()
    await project.spawn(['start', '--detach', '--port', 'auto', '--engine', 'embedded'], {
      SKYFLY_DEBUG: '1',
    })
    await project.skyfly('stop')
    expect(project.read('logs/dragonfly.log')).toMatch(
      /"level":"debug","source":"skyfly","msg":"server: stop: running -> stopping/,
    )
  })

  it('never holds a secret', async () => {
    await using project = new Project()
    const env = { SKYFLY_DEBUG: '1', GITHUB_TOKEN: SECRET, HTTPS_PROXY: `http://user:${SECRET}@127.0.0.1:9` }
    const args = [
      'start',
      '--detach',
      '--port',
      'auto',
      '--engine',
      'embedded',
      '--',
      '--requirepass',
      SECRET,
    ]
    const runs = [
      await project.spawn(args, env),
      await project.spawn(['test'], env),
      await project.spawn(['stop'], env),
    ]
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect(runs.map(({ stderr }) => stderr).join('')).toContain('--requirepass ***')
    for (const { stderr } of runs) expect(stderr).not.toContain(SECRET)
    expect(project.read('logs/dragonfly.log')).not.toContain(SECRET)
  })

  it.each(['', '0', 'false', 'no'])(
    'is off with SKYFLY_DEBUG=%s, and nothing of it is loaded',
    async value => {
      await using project = new Project()
      const folder = mkdtempSync(join(tmpdir(), 'skyfly-imports-'))
      try {
        const seen = join(folder, 'imports')
        const recorder = new URL('../fixtures/lib/record-imports.mjs', import.meta.url)
        const { stderr } = await project.spawn(['status'], {
          SKYFLY_DEBUG: value,
          NODE_OPTIONS: `--import=${recorder}`,
          SKYFLY_TEST_IMPORTS: seen,
        })
        expect(stderr).toBe('')
        const imports = readFileSync(seen, 'utf8')
        expect(imports).toContain('dist/cli/run.js')
        expect(imports).not.toMatch(/dist\/cli\/trace\.js|trace-secrets/)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
