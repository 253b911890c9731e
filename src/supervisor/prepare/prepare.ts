// From a config to everything that is needed to start a server, checked before anything runs.
import type { Config, LogLevel } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { flagValue } from '../../engines/flags.js'
import { ENGINES } from '../../engines/table.js'
import type { BinarySearch } from '../../servers/search/find-server.js'
import { markPassedOver } from '../../snapshots/passed-over.js'
import { resources } from '../../system/resources.js'
import { serverWrapper } from '../../system/spawning.js'
import { markText } from '../marked-servers.js'
import { isLoopback } from './address.js'
import { assertMachineFit, assertProgramFit } from './checks.js'
import { fullDisk, openFolder } from './data-folder.js'
import type { Launch } from './launch.js'
import { passwordIn } from './password.js'

interface Note {
  readonly level: LogLevel
  readonly text: string
}

export interface Prepared {
  readonly launch: Launch
  /** The data folder of an ephemeral instance; null: the data is kept. */
  readonly temporaryDir: string | null
  /** What the user should know, for the log. */
  readonly notes: readonly Note[]
  /** Gives the data folder back; removes a temporary one. */
  release(): void
}

export interface AlreadyKnown {
  /** The port to try first where the config says `auto`. */
  readonly port?: number | undefined
  /** The search for the program, if it was made already. */
  readonly search?: BinarySearch | undefined
}

/**
 * A supervisor downloads nothing: whoever asked for the start has done that already, where the user can watch
 * and cancel it.
 */
async function findBinary(config: Config, env: NodeJS.ProcessEnv, known?: BinarySearch): Promise<Binary> {
  if (known !== undefined && 'failure' in known) throw known.failure
  if (known !== undefined) return known.found
  const { ensureBinary } = await import('../../servers/search/find-server.js')
  return ensureBinary({ config, env, mayDownload: false })
}

/**
 * Checks everything that can be checked before a server runs. `release` gives back what it took.
 * @throws SkyflyError `no-engine`, `usage` or `start-failed`
 */
export async function prepare(
  config: Config,
  env: NodeJS.ProcessEnv,
  known: AlreadyKnown = {},
): Promise<Prepared> {
  // The programs are asked for their versions while the port and the folder are checked.
  const found = findBinary(config, env, known.search)
  found.catch(() => {
    // It is awaited below; if something fails before that, this failure must not stay unhandled.
  })
  // The first call tries setpriv, which takes 4 ms, so make it early.
  void serverWrapper()
  await assertMachineFit(config)
  const folder = await openFolder(config)
  try {
    const binary = await found
    const engine = ENGINES[binary.engine]
    assertProgramFit(config, { binary, dir: folder.dir })
    if (!config.ephemeral) markPassedOver(folder.dir, engine, config.serverArgs)
    const available = resources()
    const input = (port: number) => ({ config, port, dir: folder.dir, binary, resources: available })
    const trial = engine.args(input(config.port === 'auto' ? 1 : config.port))
    const rejected = Object.keys(env).filter(name => engine.rejectsEnv(name, binary.flags))
    const passedOn = Object.fromEntries(Object.entries(env).filter(([name]) => !rejected.includes(name)))
    const { passwordVariable = '' } = engine
    const launch: Launch = {
      engine,
      binary,
      host: config.host,
      port: config.port,
      portBefore: known.port,
      dir: folder.dir,
      cwd: config.root,
      env: passedOn,
      // An empty one counts as none, for the server too.
      password: passwordIn(config.serverArgs) ?? (passedOn[passwordVariable] || undefined),
      keepsSnapshot: !config.ephemeral && engine.savesSnapshot(trial),
      mark: port => markText({ config, binary, dir: folder.dir, temporaryDir: folder.temporaryDir, port }),
      args: port => engine.args(input(port)),
      explain: (lines, port) => engine.explain(lines, input(port)),
    }
    return {
      launch,
      temporaryDir: folder.temporaryDir,
      notes: notesOn(config, launch, rejected),
      release: folder.release,
    }
  } catch (error) {
    folder.release()
    throw error
  }
}

/**
 * Checks what can be checked while another config runs, so that a restart does not end a server that it
 * cannot replace.
 * @throws as `prepare` does
 */
export async function assertStartable(
  config: Config,
  env: NodeJS.ProcessEnv,
  running: Config,
): Promise<void> {
  const binary = await findBinary(config, env)
  await assertMachineFit(config, running)
  assertProgramFit(config, { binary, dir: config.dir }, running)
}

function notesOn(
  config: Config,
  { binary, dir, engine, password }: Launch,
  rejected: readonly string[],
): readonly Note[] {
  const server = binary.version === undefined ? engine.name : `${engine.name} ${binary.version}`
  const notes: Note[] = (config.notes ?? []).map(text => ({ level: 'warn', text }))
  if (binary.instead !== undefined) {
    const differs = engine.differs === undefined ? '' : `; it ${engine.differs}`
    notes.push({ level: 'warn', text: `${server} runs instead, as ${binary.instead}${differs}` })
  }
  notes.push({ level: 'info', text: `starting ${server} (${binary.path}); data in ${dir}` })
  const full = config.ephemeral ? undefined : fullDisk(dir)
  if (full !== undefined) notes.push({ level: 'warn', text: full })
  if (rejected.length > 0) {
    const text = `not passed on to the server, which would end at DFLY_ variables that it does not know: ${rejected.join(', ')}; give its flags after --`
    notes.push({ level: 'warn', text })
  }
  const adminPort = binary.engine === 'dragonfly' ? flagValue(config.serverArgs, 'admin_port') : undefined
  if (adminPort !== undefined && flagValue(config.serverArgs, 'admin_bind') === undefined) {
    const text = `the admin port ${adminPort} listens on every address, whatever --host says: add --admin_bind=127.0.0.1 after --`
    notes.push({ level: 'warn', text })
  }
  if (!isLoopback(config.host) && password === undefined) {
    const text = engine.isProtected(config.serverArgs)
      ? `listening on ${config.host} without a password: ${engine.name} refuses clients of other machines until it has one`
      : `listening on ${config.host} without a password: whoever reaches it can read and write the data`
    notes.push({ level: 'warn', text })
  }
  return notes
}
