import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../../src/supervisor/status.js'
import { Project, redisServer } from '../../project.js'
import { canMount, isLinux, isWindows, itNotInWine } from '../../system.js'
import { get, set } from '../endurance.js'

const START = ['start', '--detach', '--port', 'auto', '--engine', 'embedded'] as const

/** Windows has no one word for a folder in the place of a file. */
const NO_FILE = isWindows ? 'E[A-Z]+' : 'EISDIR'

describe('a log that cannot be written', () => {
  itNotInWine('a folder is opened as if it were a file there')(
    'is told by the start and by the status, until it can be written',
    async () => {
      await using project = new Project()
      // For a test that root runs, too: root's own file would stop other users only.
      const log = join(project.dir, 'logs', 'dragonfly.log')
      mkdirSync(log, { recursive: true })
      const started = await project.skyfly(...START)
      expect(started.exitCode).toBe(0)
      expect(started.stderr).toMatch(
        new RegExp(`warning: the log cannot be written, and its lines are lost: ${NO_FILE}`),
      )
      expect((await project.skyfly('status')).stdout).toMatch(
        new RegExp(`\\n {2}log error +its lines are lost: ${NO_FILE}`),
      )
      const told = JSON.parse((await project.skyfly('status', '--json')).stdout) as Status
      expect(told.logError).toMatch(new RegExp(NO_FILE))

      rmdirSync(log)
      expect((await project.status())?.logError).toBeNull()
      expect(project.read('logs/dragonfly.log')).toMatch(new RegExp(`\\d+ lines lost since .*${NO_FILE}`))
      expect((await project.skyfly('status')).stdout).not.toContain('log error')
    },
  )
})

describe.runIf(canMount)('a full disk', () => {
  it('is warned of at the start, before anything is lost at the stop', async () => {
    await using project = new Project()
    mkdirSync(join(project.dir, 'full'))
    const mounted =
      'mount -t tmpfs -o size=1m none full; head -c 1m /dev/zero > full/file 2>/dev/null; exec "$0" "$@"'
    const ran = await project.sh(
      `unshare --mount sh -c '${mounted}' "$NODE" "$SKYFLY" ${START.join(' ')} --dir full/data`,
    )
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(
      /^warning: the disk of \S+ is full \(\d+ bytes left\), so no snapshot can be saved/,
    )
  })
})

describe('a Service named dragonfly in Kubernetes', () => {
  it('keeps nobody from starting, and is told', async () => {
    await using project = new Project()
    writeFileSync(join(project.dir, 'skyfly.json'), '{"port": "auto"}')
    const ran = await project.spawn(['start', '--detach', '--engine', 'embedded'], {
      DRAGONFLY_PORT: 'tcp://10.0.0.5:6379',
    })
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(/DRAGONFLY_PORT=tcp:.* is passed over: .*enableServiceLinks: false/)
  })
})

describe.runIf(isLinux)('a low limit of open files', () => {
  it.each([24, 32, 40])('of %s is named, with the way to raise it', async limit => {
    await using project = new Project()
    const ran = await project.sh(`ulimit -n ${limit}; exec "$NODE" "$SKYFLY" ${START.join(' ')}`)
    expect(ran.stderr).toBe(
      `skyfly: this process may have only ${limit} files open at a time, and needs more\n` +
        'hint: raise the limit, and try again: ulimit -n 1024',
    )
    expect(ran.exitCode).toBe(6)
  })

  it('is no reason to fail for a descriptor above it that somebody left open', async () => {
    await using project = new Project()
    const ran = await project.sh(
      `bash -c 'exec 60</dev/null 200</dev/null; ulimit -n 64; exec "$NODE" "$SKYFLY" ${START.join(' ')}'`,
    )
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe.runIf(redisServer !== undefined)('redis with an append-only file', () => {
  const APPEND_ONLY = ['--engine', 'redis', '--', '--appendonly', 'yes'] as const

  it('does not load it silently after a server without one has saved newer data', async () => {
    await using project = new Project()
    await set(await project.start(...APPEND_ONLY), 'key', 'old')
    await project.skyfly('stop')
    // Its own stop leaves a dump.rdb that is newer than the file, and that is no reason to refuse.
    await project.start(...APPEND_ONLY)
    await project.skyfly('stop')
    await set(await project.start('--engine', 'redis'), 'key', 'new')
    await project.skyfly('stop')
    const ran = await project.skyfly('start', '--detach', '--port', 'auto', ...APPEND_ONLY)
    expect(ran.exitCode).toBe(6)
    expect(ran.stderr).toMatch(
      /dump\.rdb, which redis would not load: it loads appendonlydir instead, which is older/,
    )
    expect(await get(await project.start('--engine', 'redis'), 'key')).toBe('new')
  })
})
