import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { type OnInstall, SkyflyError, type Status, start } from '../src/index.js'
import { Shop, VERSION } from './download-project.js'
import { Hold } from './fixtures/release-site.js'
import { fixture, isAlive, Project, until } from './project.js'
import { isLinux, isWindows, itWhereServersEnd, runsFixtures } from './system.js'

const STAND_IN = { engine: 'dragonfly', binary: fixture('stand-in-dragonfly.mjs'), port: 0 } as const

describe.runIf(runsFixtures)('start() in a program', () => {
  it('resolves when the server answers, and stops it at the end of the block', async () => {
    await using project = new Project()
    let pid = 0
    {
      await using server = await start({ ...STAND_IN, cwd: project.dir, env: project.env })
      pid = server.pid ?? 0
      expect(server).toMatchObject({ state: 'running', host: '127.0.0.1', isOwned: true })
      expect(server.url).toBe(`redis://127.0.0.1:${server.port}`)
      const client = new Redis(server.url, { lazyConnect: true, retryStrategy: null, protocol: 2 })
      expect(await client.ping()).toBe('PONG')
      client.disconnect()
    }
    expect(isAlive(pid)).toBe(false)
    expect(project.leftovers()).toEqual([])
  })

  it('tells of a crash and of the restart', async () => {
    await using project = new Project()
    await using server = await start({ ...STAND_IN, cwd: project.dir, env: project.env })
    const states: string[] = []
    server.on('change', (status: Status) => states.push(status.state))
    process.kill(server.pid ?? 0, 'SIGKILL')
    await until(() => server.status.restarts === 1 && server.state === 'running')
    expect(states).toContain('starting')
  })

  it('gives each caller an ephemeral server of its own, and leaves no file of it', async () => {
    await using project = new Project()
    const variable = isWindows ? 'TEMP' : 'TMPDIR'
    const env = { ...project.env, [variable]: project.dir }
    const before = process.env[variable]
    process.env[variable] = project.dir
    try {
      const options = { ...STAND_IN, ephemeral: true, cwd: project.dir, env }
      const servers = await Promise.all([start(options), start(options), start(options)])
      expect(new Set(servers.map(({ port }) => port)).size).toBe(3)
      await Promise.all(servers.map(server => server.stop()))
      expect(readdirSync(project.dir)).toEqual([])
    } finally {
      if (before === undefined) delete process.env[variable]
      else process.env[variable] = before
    }
  })

  it('hands out the server that runs already, and leaves that running', async () => {
    await using project = new Project()
    const first = await project.start('--engine', 'dragonfly', '--binary', STAND_IN.binary)
    {
      await using server = await start({ cwd: project.dir, env: project.env })
      expect(server).toMatchObject({ isOwned: false, pid: first.pid })
    }
    expect((await project.status())?.pid).toBe(first.pid)
    const server = await start({ cwd: project.dir, env: project.env })
    expect(await server.stop()).toMatchObject({ pid: first.pid, snapshot: 'saved' })
    expect(server.state).toBe('stopped')
  })

  it('rejects with a SkyflyError that says what to do', async () => {
    await using project = new Project()
    const env = { ...project.env, PATH: '/nonexistent' }
    const error = await start({ cwd: project.dir, env, port: 0, engine: 'redis' }).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(SkyflyError)
    expect(error).toMatchObject({ code: 'no-engine', hint: expect.any(String) })
    await expect(start({ cwd: project.dir, env, port: 70_000 })).rejects.toMatchObject({ code: 'usage' })
  })

  itWhereServersEnd('lets a program end that forgot to stop it, and the server ends with it', async () => {
    await using project = new Project()
    const program = `
      import { start } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
      const server = await start(${JSON.stringify({ ...STAND_IN, cwd: project.dir })})
      process.stdout.write(String(server.pid))
      process.exit(0)`
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], {
      env: project.env,
      extendEnv: false,
    })
    await until(() => !isAlive(Number(stdout)))
  })

  it.each([
    ['process.exit(3)', 3],
    ['throw new Error("on purpose")', 1],
  ])('leaves no folder of private servers when the program ends by %s', async (end, exitCode) => {
    await using project = new Project()
    const temporary = join(project.dir, 'temporary')
    mkdirSync(temporary)
    const options = JSON.stringify({ engine: 'embedded', port: 0, ephemeral: true, cwd: project.dir })
    const program = `
      import { start } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
      const servers = await Promise.all([start(${options}), start(${options})])
      process.stdout.write(servers.map(({ pid }) => pid).join(' '))
      ${end}`
    const ran = await execa(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...project.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      extendEnv: false,
      reject: false,
    })
    expect(ran.exitCode).toBe(exitCode)
    const pids = ran.stdout.split(' ').map(Number)
    expect(pids).toHaveLength(2)
    await until(() => pids.every(pid => !isAlive(pid)))
    expect(readdirSync(temporary)).toEqual([])
  })

  // Dragonfly is published for Linux alone.
  it.runIf(isLinux)('downloads the server program, tells of it, and ends that by a signal', async () => {
    const hold = new Hold(100)
    await using shop = await Shop.open({ behaviour: { hold } })
    const { dir: cwd, env } = shop.project
    const abort = new AbortController()
    const options = { port: 0, ephemeral: true, cwd, env } as const
    const kinds: string[] = []
    const onInstall: OnInstall = ({ kind }) => {
      kinds.push(kind)
      if (kind === 'downloading') abort.abort(new Error('no time left'))
    }
    const starting = start({ ...options, onInstall, signal: abort.signal })
    await expect(starting).rejects.toThrow('no time left')
    expect(kinds).toEqual(['begin', 'downloading', 'end'])
    expect(shop.cached()).toEqual([])
    hold.release()
    await using server = await start(options)
    expect(server.status).toMatchObject({ state: 'running', version: VERSION })
  })
})
