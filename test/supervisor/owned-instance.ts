// Owning an instance of a fixture server in the process of the test.
import { connect } from 'node:net'
import { loadConfig } from '../../src/config/resolve.js'
import type { Flags } from '../../src/config/settings.js'
import type { SkyflyError } from '../../src/errors.js'
import { Instance, type InstanceOptions } from '../../src/supervisor/instance.js'
import { fixture, type Project } from '../project.js'

/** @param program a fixture; those that begin with `stand-in` are a Dragonfly, the others a redis */
export async function own(
  project: Project,
  program: string,
  flags: Flags = {},
  options: Partial<InstanceOptions> = {},
): Promise<Instance> {
  return Instance.own(configOf(project, program, flags), { env: project.env, ...options })
}

export function configOf(project: Project, program: string, flags: Flags = {}) {
  const engine = program.startsWith('stand-in') ? 'dragonfly' : 'redis'
  const all = { engine, binary: fixture(program), port: 'auto', ...flags }
  return loadConfig({ flags: all, cwd: project.dir, env: project.env })
}

/** The error that something ended with. */
export const failure = (work: Promise<unknown>): Promise<SkyflyError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: SkyflyError) => error,
  )

/** Sends an inline command to the server; resolves to its answer, or to '' when the connection ends without one. */
export function tell(instance: Instance, command: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(instance.status.port ?? 0, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('data', data => socket.end(() => resolve(data.toString())))
    socket.once('error', () => resolve(''))
    socket.once('close', () => resolve(''))
  })
}
