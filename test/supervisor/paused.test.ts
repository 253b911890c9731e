// CLIENT PAUSE: a server whose clients wait is healthy, and what they wrote is saved when it is stopped.
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Project, redisServer } from '../project.js'
import { itOnPosix, runsFixtures } from '../system.js'
import { own, tell } from './owned-instance.js'

describe.runIf(runsFixtures)('a Dragonfly whose clients are paused', () => {
  itOnPosix('Windows ends a process at once, whatever the signal')(
    'saves what they wrote when it is stopped, within a stop timeout shorter than the pause',
    async () => {
      await using project = new Project()
      const instance = await own(project, 'stand-in-dragonfly.mjs')
      const run = instance.run()
      await instance.ready()
      await tell(instance, 'SET key value')
      await tell(instance, 'CLIENT PAUSE 60000 ALL')
      const report = await instance.stop({ timeoutMs: 4_000 })
      expect(report).toMatchObject({ snapshot: 'saved', killed: false })
      expect(report.tookMs).toBeLessThan(4_000)
      await run
    },
  )

  itOnPosix('Windows ends a process at once, whatever the signal')(
    'is not killed at the stop timeout while another client delays its end, which it has announced',
    async () => {
      await using project = new Project()
      const instance = await own(project, 'stand-in-dragonfly.mjs')
      const run = instance.run()
      await instance.ready()
      await tell(instance, 'SET key value')
      await tell(instance, 'CLIENT PAUSE 2000 ALL')
      void tell(instance, 'GET key')
      await new Promise(resolve => setTimeout(resolve, 100))
      expect(await instance.stop({ timeoutMs: 300 })).toMatchObject({ snapshot: 'saved', killed: false })
      await run
    },
  )
})

describe.runIf(runsFixtures)('the supervisor of a server whose clients are paused', () => {
  // More than three misses long.
  const PAUSE_MS = 1_500
  const LIVENESS = { intervalMs: 100, misses: 3 }

  const servers = [
    { title: 'a Dragonfly', program: 'stand-in-dragonfly.mjs', flags: {} },
    ...(redisServer === undefined
      ? []
      : [{ title: 'a real Redis', program: 'redis', flags: { binary: redisServer } }]),
  ]

  it.each(servers)('takes it for healthy: $title', async ({ program, flags }) => {
    await using project = new Project()
    const instance = await own(project, program, flags, { liveness: LIVENESS })
    const run = instance.run()
    const { pid } = await instance.ready()
    await tell(instance, 'SET key value')
    await tell(instance, `CLIENT PAUSE ${PAUSE_MS} ALL`)
    await pause(PAUSE_MS)
    expect(instance.status).toMatchObject({ state: 'running', pid, restarts: 0 })
    expect(project.read('logs/dragonfly.log')).not.toContain('no answer')
    await instance.stop()
    await run
  })

  itOnPosix('Windows has no SIGTERM that could be delayed')(
    'sends no PING to a Dragonfly that would wait, and then delay a SIGTERM',
    async () => {
      await using project = new Project()
      const instance = await own(project, 'stand-in-dragonfly.mjs', {}, { liveness: LIVENESS })
      const run = instance.run()
      await instance.ready()
      await tell(instance, 'CLIENT PAUSE 60000 ALL')
      await pause(500)
      expect((await instance.stop()).tookMs).toBeLessThan(4_000)
      await run
    },
  )
})

describe.runIf(runsFixtures)('a server that somebody else has asked to end', () => {
  const LIVENESS = { intervalMs: 50, misses: 3 }

  it('is left to save in peace, and its clean end is the end', async () => {
    await using project = new Project()
    const instance = await own(project, 'stand-in-dragonfly.mjs', {}, { liveness: LIVENESS })
    const run = instance.run()
    const { dir, pid } = await instance.ready()
    await tell(instance, 'SET key value')
    writeFileSync(join(dir, 'hold-saving'), '')
    await tell(instance, 'SHUTDOWN')
    await pause(1_000)
    expect(instance.status).toMatchObject({ state: 'running', pid, restarts: 0 })
    rmSync(join(dir, 'hold-saving'))
    await run
    expect(instance.status).toMatchObject({ state: 'stopped', restarts: 0, lastExit: { code: 0 } })
    expect(statSync(join(dir, 'dump.rdb')).size).toBeGreaterThan(0)
  })
})
