import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive, until } from '../project.js'
import { describeLife, newProject } from './engine-lifecycle.js'
import { NO_NATIVE, nativeProgram } from './native.js'

const DRAGONFLY = nativeProgram('dragonfly.exe')
const skipped = DRAGONFLY === undefined ? NO_NATIVE : undefined
const server = ['--engine', 'dragonfly', '--binary', DRAGONFLY ?? '']

describeLife({ engine: 'dragonfly', server, skipped })

describe.skipIf(DRAGONFLY === undefined)(
  `a dragonfly.exe (${DRAGONFLY === undefined ? NO_NATIVE : 'here'})`,
  () => {
    it('is given --log-level and --dir, as the proof of concept imagined it', async () => {
      await using project = newProject()
      await project.start('--log-level', 'debug', ...server)
      await project.skyfly('stop')
      const { stdout } = await project.skyfly('logs')
      // Said at the level debug only.
      expect(stdout).toContain('AcceptServer::Run')
      expect(existsSync(join(project.dir, 'data/dragonfly/dump.rdb'))).toBe(true)
    })

    it('is killed together with what it started', async () => {
      await using project = newProject()
      await project.start(...server, '--', '--start_helper')
      const helper = Number(/started helper (\d+)/.exec(project.read('logs/dragonfly.log'))?.[1])
      expect(isAlive(helper)).toBe(true)
      await project.skyfly('stop', '--force')
      await until(() => !isAlive(helper))
    })

    it('is killed after the stop timeout when it does not heed SHUTDOWN', async () => {
      await using project = newProject()
      const { pid } = await project.start('--stop-timeout', '1s', ...server, '--', '--ignore_shutdown')
      const stopped = await project.skyfly('stop')
      expect(stopped.stdout + stopped.stderr).toMatch(/killed/)
      await until(() => !isAlive(pid ?? 0))
      expect(project.leftovers()).toEqual([])
    })

    it('is told of a flag that it does not know in its own words', async () => {
      await using project = newProject()
      const ran = await project.skyfly(
        'start',
        '--detach',
        '--port',
        'auto',
        ...server,
        '--',
        '--no-such-flag',
      )
      expect(ran.exitCode).toBe(6)
      expect(ran.stderr).toContain('this Dragonfly has no flag --no-such-flag')
    })
  },
)
