// Which server program an instance runs: the one it was told, or the best one on PATH.
import { join } from 'node:path'
import type { Config, EngineName } from '../config/config.js'
import type { Binary } from '../engines/engine.js'
import { ENGINES } from '../engines/table.js'
import { SkyflyError } from '../errors.js'
import { host } from '../platform.js'
import { fault, isBareName, onPath } from './path.js'
import { type Probed, probe } from './probe.js'

type Wanted = Pick<Config, 'engine' | 'binary' | 'sources'>

export interface FindInput {
  readonly config: Wanted
  /** Environment with PATH, and for the questions to the program. */
  readonly env: NodeJS.ProcessEnv
  /** @default this system's */
  readonly platform?: NodeJS.Platform
}

/**
 * Finds the program and asks it who it is.
 * @throws SkyflyError `usage` where --binary or --engine do not fit what is there, `no-engine` where nothing is
 */
export async function findBinary({ config, env, platform = host().platform }: FindInput): Promise<Binary> {
  const where = { env, platform }
  if (config.binary !== undefined) {
    const path = givenProgram(config.binary, config, where)
    const likely = config.engine === 'auto' ? undefined : config.engine
    return agreed(await probe({ path, likely, ...where }), config)
  }
  const engines = config.engine === 'auto' ? ENGINE_NAMES : [config.engine]
  const programs = engines.flatMap(likely => ENGINES[likely].programs.map(program => ({ likely, program })))
  let broken: unknown
  for (const { likely, program } of programs) {
    const path = onPath(program, where)
    if (path === undefined) continue
    try {
      return agreed(await probe({ path, likely, ...where }), config)
    } catch (error) {
      // A program of that name that is something else, or not for this machine: another one may do.
      broken ??= error
    }
  }
  throw (
    broken ??
    nothingFound(
      config.engine,
      programs.map(({ program }) => program),
    )
  )
}

const ENGINE_NAMES = Object.keys(ENGINES) as readonly EngineName[]

/** The program that --binary names. */
function givenProgram(
  binary: string,
  config: Wanted,
  where: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform },
): string {
  const from = config.sources.binary === undefined ? '' : ` (from ${config.sources.binary})`
  if (isBareName(binary)) {
    const path = onPath(binary, where)
    if (path !== undefined) return path
    throw new SkyflyError('usage', `there is no program ${binary}${from} on PATH`, {
      hint: 'give its full path, or leave --binary out',
    })
  }
  const wrong = fault(binary)
  if (wrong === undefined) return binary
  throw new SkyflyError('usage', `${binary}${from} ${wrong}`, { hint: hintFor(wrong, binary, config.engine) })
}

function hintFor(wrong: string, binary: string, engine: Wanted['engine']): string {
  if (wrong === 'is a folder') {
    const [program = 'dragonfly'] = ENGINES[engine === 'auto' ? 'dragonfly' : engine].programs
    return `name the program in it, such as ${join(binary, program)}`
  }
  return wrong === 'does not exist'
    ? 'correct the path of the server program, or leave --binary out'
    : `make it executable: chmod +x ${binary}`
}

/** What the program says of itself must be what was asked for; only a program that says nothing is taken at the user's word. */
function agreed({ engine, ...probed }: Probed, { engine: wanted }: Wanted): Binary {
  const { path } = probed
  if (wanted === 'auto') {
    if (engine !== undefined) return { ...probed, engine }
    throw new SkyflyError('usage', `${path} does not say which server it is`, {
      hint: 'name its kind with --engine dragonfly, --engine valkey or --engine redis',
    })
  }
  if (engine === undefined || engine === wanted) return { ...probed, engine: wanted }
  throw new SkyflyError('usage', `${path} is ${engine} ${probed.version}, not ${wanted}`, {
    hint: `use --engine ${engine}, or another --binary`,
  })
}

function nothingFound(engine: Wanted['engine'], programs: readonly string[]): SkyflyError {
  const looked =
    programs.length === 1 ? programs[0] : `${programs.slice(0, -1).join(', ')} or ${programs.at(-1)}`
  return new SkyflyError(
    'no-engine',
    `no ${engine === 'auto' ? 'server' : engine} found: there is no ${looked} on PATH`,
    {
      hint: INSTALL[engine],
    },
  )
}

const INSTALL: Readonly<Record<Wanted['engine'], string>> = {
  auto: 'install one (on Debian and Ubuntu: apt-get install redis-server), put dragonfly on PATH, or use --binary PATH',
  dragonfly: 'put dragonfly on PATH, or use --binary PATH',
  valkey: 'install it (on Debian and Ubuntu: apt-get install valkey-server), or use --binary PATH',
  redis: 'install it (on Debian and Ubuntu: apt-get install redis-server), or use --binary PATH',
}
