// What has to be right before a server is started: one row for each check. A finding says what is wrong, why
// it matters and what to do.
import type { Config } from '../../config/config.js'
import type { Binary, Engine } from '../../engines/engine.js'
import { ENGINES } from '../../engines/table.js'
import { caughtFinding, errorOf, type Finding } from '../../errors.js'
import { unreadableSnapshot } from '../../snapshots/snapshot.js'
import { resources } from '../../system/resources.js'
import { isLoopback, reachable } from './address.js'
import { unwritableDataFolder } from './data-folder.js'
import { unusablePort } from './port.js'

interface Program {
  readonly binary: Binary
  /** The data folder really used: the config's, or the temporary one of an ephemeral instance. */
  readonly dir: string
}

interface Check {
  readonly name: string
  /** Whether the running server, which a restart replaces, would itself fail the check. @default never */
  readonly isHeldByRunning?: (next: Config, running: Config) => boolean
}

/** Needs the config alone. */
interface MachineCheck extends Check {
  readonly find: (config: Config) => Finding | undefined | Promise<Finding | undefined>
}

/** Needs the server program. */
interface ProgramCheck extends Check {
  readonly find: (config: Config, program: Program) => Finding | undefined
}

export const MACHINE_CHECKS: readonly MachineCheck[] = [
  {
    name: 'port',
    isHeldByRunning: (next, running) => next.port === running.port && next.host === running.host,
    find: unusablePort,
  },
  {
    name: 'data folder',
    find: config => (config.ephemeral ? undefined : unwritableDataFolder(config)),
  },
]

export const PROGRAM_CHECKS: readonly ProgramCheck[] = [
  {
    name: 'snapshot',
    isHeldByRunning: (next, running) => next.dir === running.dir,
    find: (config, { binary, dir }) =>
      config.ephemeral ? undefined : unreadableSnapshot(ENGINES[binary.engine], dir, config),
  },
  {
    name: 'clients',
    find: (config, { binary }) => unreachableServer(config, ENGINES[binary.engine]),
  },
  {
    name: 'settings',
    find: (config, { binary, dir }) => {
      const port = config.port === 'auto' ? 1 : config.port
      const input = { config, port, dir, binary, resources: resources() }
      return caughtFinding('the server would not start, and say less about it', () => {
        ENGINES[binary.engine].args(input)
      })
    },
  },
]

/** @throws SkyflyError of the first check that finds something */
export async function assertMachineFit(config: Config, running?: Config): Promise<void> {
  for (const check of applying(MACHINE_CHECKS, config, running)) throwFound(await check.find(config))
}

/** @throws as {@link assertMachineFit} */
export function assertProgramFit(config: Config, program: Program, running?: Config): void {
  for (const check of applying(PROGRAM_CHECKS, config, running)) throwFound(check.find(config, program))
}

/** @param running what a restart replaces; undefined: nothing runs */
function applying<C extends Check>(checks: readonly C[], config: Config, running?: Config): readonly C[] {
  return checks.filter(
    ({ isHeldByRunning }) => running === undefined || isHeldByRunning?.(config, running) !== true,
  )
}

function throwFound(finding: Finding | undefined): void {
  if (finding !== undefined) throw errorOf(finding)
}

function unreachableServer({ host, serverArgs }: Config, engine: Engine): Finding | undefined {
  if (isLoopback(host) || reachable(host) !== host || !engine.isProtected(serverArgs)) return undefined
  return {
    code: 'usage',
    what: `${engine.name} on ${host} would refuse every client while it has no password`,
    why: 'skyfly is such a client too: the server would never count as ready',
    hint: 'give it one: skyfly start ... -- --requirepass PASSWORD; or listen on 127.0.0.1',
  }
}
