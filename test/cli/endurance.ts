// What holds for one start, or one instance, and has to hold for many.
import { Redis } from 'ioredis'
import { expect } from 'vitest'
import type { Status } from '../../src/supervisor/status.js'
import { isAlive, Project, redisServer } from '../project.js'

/** The real redis-server where there is one, and the engine of the package everywhere. */
export const ENGINES = redisServer === undefined ? (['embedded'] as const) : (['embedded', 'redis'] as const)

export async function withClient<T>(status: Status, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(status.url ?? '', { lazyConnect: true, retryStrategy: null })
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

export const get = (status: Status, key: string) => withClient(status, client => client.get(key))
export const set = (status: Status, key: string, value: string) =>
  withClient(status, client => client.set(key, value))

/** Each turn writes a key, and finds the one of the turn before. */
export async function keepsEveryKey(engine: string, turns: number): Promise<void> {
  await using project = new Project()
  for (let turn = 0; turn < turns; turn += 1) {
    const status = await project.start('--engine', engine)
    if (turn > 0) expect(await get(status, `key:${turn - 1}`)).toBe(String(turn - 1))
    await set(status, `key:${turn}`, String(turn))
    expect((await project.skyfly('stop')).exitCode).toBe(0)
    expect(isAlive(status.pid ?? 0) || isAlive(status.supervisorPid ?? 0)).toBe(false)
  }
  expect(project.leftovers()).toEqual([])
  const status = await project.start('--engine', engine)
  expect(await withClient(status, client => client.dbsize())).toBe(turns)
}

export async function runsAtOnce(engine: string, count: number): Promise<void> {
  await using project = new Project()
  const names = Array.from({ length: count }, (_, index) => `number-${index}`)
  const statuses = await Promise.all(names.map(name => project.start('--name', name, '--engine', engine)))
  expect(new Set(statuses.map(({ port }) => port)).size).toBe(count)
  await Promise.all(statuses.map(status => set(status, 'name', status.name)))
  const all = await project.skyfly('status', '--all', '--json')
  expect((JSON.parse(all.stdout) as Status[]).map(({ name, state }) => `${name} ${state}`)).toEqual(
    names.map(name => `${name} running`),
  )
  const stopped = await project.skyfly('stop', '--all')
  expect(stopped.exitCode).toBe(0)
  expect(stopped.stdout.split('\n')).toHaveLength(count)
  expect(project.leftovers()).toEqual([])
  const again = await project.start('--name', 'number-2', '--engine', engine)
  expect(await get(again, 'name')).toBe('number-2')
}
