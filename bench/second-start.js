// A program that starts a server twice, and prints how long the second time took: what a test suite does.
// Usage: node bench/second-start.js bare|skyfly|redis-memory-server FOLDER
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { start } from '../dist/index.js'
import { SERVER, startBare, stopBare } from './bare.js'

const [who = '', folder = ''] = process.argv.slice(2)

const PROGRAMS = {
  bare: () => async () => {
    const { spawn } = await import('node:child_process')
    const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
    const server = await startBare({ folder, spawn, wait })
    return () => stopBare(server)
  },
  skyfly: () => async () => {
    const server = await start({ cwd: folder, port: 'auto', ephemeral: true })
    return () => server.stop()
  },
  'redis-memory-server': () => {
    const { RedisMemoryServer } = createRequire(join(folder, 'index.js'))('redis-memory-server')
    return async () => {
      const server = new RedisMemoryServer({ binary: { systemBinary: `/usr/bin/${SERVER}` } })
      await server.start()
      return () => server.stop()
    }
  },
}

const begin = PROGRAMS[who]()
const endFirst = await begin()
await endFirst()
const since = performance.now()
const endSecond = await begin()
const ms = performance.now() - since
await endSecond()
process.stdout.write(String(ms))
