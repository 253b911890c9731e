import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/resolve.js'
import type { Flags } from '../../src/config/settings.js'
import { Instance } from '../../src/supervisor/instance.js'
import { freePort } from '../../src/supervisor/prepare/port.js'
import { endOrphan } from '../../src/supervisor/recover/orphan.js'
import { neverStarted, type Status } from '../../src/supervisor/status.js'
import { processIdentity } from '../../src/system/processes.js'
import { fixture, isAlive, Project } from '../project.js'
import { runsFixtures } from '../system.js'
import { failure, tell } from './owned-instance.js'

function garnet(project: Project, flags: Flags = {}, serverArgs: readonly string[] = []): Promise<Instance> {
  const all = { engine: 'garnet', binary: fixture('stand-in-garnet.mjs'), port: 'auto', ...flags }
  return Instance.own(loadConfig({ flags: all, serverArgs, cwd: project.dir, env: project.env }), {
    env: project.env,
  })
}

describe.runIf(runsFixtures)('garnet, which knows no SHUTDOWN,', () => {
  it('is asked to save, then ended, and has its data at the next start', async () => {
    await using project = new Project()
    const first = await garnet(project)
    const run = first.run()
    const { pid, dir } = await first.ready()
    expect(await tell(first, 'SET key kept')).toBe('+OK\r\n')
    const report = await first.stop()
    await run
    expect(report).toMatchObject({ engine: 'garnet', killed: false, snapshot: 'saved' })
    expect(first.status.lastExit).toMatchObject({ reason: 'ended by skyfly once it had saved' })
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(readdirSync(join(dir, 'Store', 'checkpoints', 'cpr-checkpoints'))).toHaveLength(1)

    const second = await garnet(project)
    const again = second.run()
    await second.ready()
    expect(await tell(second, 'GET key')).toBe('$4\r\nkept\r\n')
    await second.stop()
    await again
  })

  it('goes on when its checkpoint failed, though SAVE was answered with OK', async () => {
    await using project = new Project()
    const instance = await garnet(project)
    const run = instance.run()
    const { dir } = await instance.ready()
    writeFileSync(join(dir, 'fails-to-save'), '')
    const error = await failure(instance.stop({ timeoutMs: 500 }))
    expect(error).toMatchObject({ code: 'stop-failed' })
    expect(error.message).toContain('Checkpointing threw an exception')
    await instance.stop({ force: true })
    await run
  })

  it('is asked again when it is writing a checkpoint, and not ended before it has saved', async () => {
    await using project = new Project()
    const instance = await garnet(project)
    const run = instance.run()
    const { dir } = await instance.ready()
    writeFileSync(join(dir, 'is-saving'), '')
    expect(await instance.stop()).toMatchObject({ killed: false, snapshot: 'saved' })
    await run
  })

  it('whose supervisor was killed is asked to save before it is ended', async () => {
    await using project = new Project()
    const dir = join(project.dir, 'data', 'dragonfly')
    mkdirSync(dir, { recursive: true })
    const port = await freePort('127.0.0.1')
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--checkpointdir', dir]
    const server = spawn(fixture('stand-in-garnet.mjs'), args)
    onTestFinished(() => void server.kill('SIGKILL'))
    await new Promise<void>(resolve => {
      server.stdout.on('data', text => String(text).includes('Ready') && resolve())
    })
    const pid = server.pid ?? 0
    const config = loadConfig({ flags: {}, cwd: project.dir, env: project.env })
    const status: Status = { ...neverStarted(config), engine: 'garnet', pid, port, dir }
    const serverIdentity = processIdentity(pid, new Date()) ?? null
    const recorded = { status, serverIdentity, supervisorIdentity: null, temporaryDir: null }
    const end = await endOrphan({ recorded, pid }, { timeoutMs: 10_000, force: false }, 'stop-failed')
    expect(end).toMatchObject({ pid, killed: false, saved: { file: expect.stringContaining('checkpoint') } })
  })

  it('that fails at its start with the exit code 0 says why', async () => {
    await using project = new Project()
    const instance = await garnet(project, {}, ['--unknown'])
    const error = await failure(instance.run())
    expect(error).toMatchObject({ code: 'start-failed' })
    expect(error.message).toContain('garnet did not start: ')
    expect(error.details.join('\n')).toContain('Unable to initialize server')
    expect(instance.status).toMatchObject({ state: 'failed', lastExit: { code: 0 } })
  })

  it('that finds its port taken is a start that failed', async () => {
    await using project = new Project()
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => holder.once('listening', resolve))
    const { port } = holder.address() as { port: number }
    const instance = await garnet(project, { port })
    expect(await failure(instance.run())).toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining(`port ${port} is taken`),
    })
    holder.close()
  })
})
