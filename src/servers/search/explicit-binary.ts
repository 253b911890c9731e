// The server program that --binary names.
import { join, sep } from 'node:path'
import { type Config, ENGINE_NAMES } from '../../config/config.js'
import type { Binary } from '../../engines/engine.js'
import { ENGINES } from '../../engines/table.js'
import { SkyflyError } from '../../errors.js'
import { type Probed, probe } from '../program/probe.js'
import { isBareName, onPath, type PathSearch, whyNotRunnable } from './executable-path.js'

type BinaryConfig = Pick<Config, 'engine' | 'sources'>

/**
 * The program at that path, once it has said who it is.
 * @param binary a path, or a bare name to look for on PATH
 * @throws SkyflyError `usage` where it is not there, or is something else than --engine says
 */
export async function explicitBinary(
  binary: string,
  config: BinaryConfig,
  search: PathSearch,
): Promise<Binary> {
  const path = explicitPath(binary, config, search)
  const likely = config.engine === 'auto' ? undefined : config.engine
  return confirmEngine(await probe({ path, likely, ...search }), config.engine)
}

function explicitPath(binary: string, config: BinaryConfig, search: PathSearch): string {
  const from = config.sources.binary === undefined ? '' : ` (from ${config.sources.binary})`
  if (search.platform === 'win32' && /\.(?:cmd|bat|ps1)$/i.test(binary))
    throw new SkyflyError('usage', `${binary}${from} is a script, which only a shell can run`, {
      hint: 'name the .exe that it starts',
    })
  if (isBareName(binary)) {
    const path = onPath(binary, search)
    if (path !== undefined) return path
    // cmd.exe would take it; PowerShell and other systems would not.
    const isHere =
      whyNotRunnable(binary) === undefined ? `, and the one in this folder is .${sep}${binary}` : ''
    throw new SkyflyError('usage', `there is no program ${binary}${from} on PATH${isHere}`, {
      hint: isHere === '' ? 'give its full path, or leave --binary out' : `use --binary .${sep}${binary}`,
    })
  }
  const wrong = whyNotRunnable(binary)
  if (
    wrong === 'does not exist' &&
    search.platform === 'win32' &&
    whyNotRunnable(`${binary}.exe`) === undefined
  )
    return `${binary}.exe`
  if (wrong === undefined) return binary
  throw new SkyflyError('usage', `${binary}${from} ${wrong}`, {
    hint: hintFor(wrong, binary, { engine: config.engine, ...search }),
  })
}

function hintFor(
  wrong: string,
  binary: string,
  { engine, platform }: PathSearch & Pick<BinaryConfig, 'engine'>,
): string {
  if (wrong === 'is a folder') {
    const [program = 'dragonfly'] = ENGINES[engine === 'auto' ? 'dragonfly' : engine].programs
    return `name the program in it, such as ${join(binary, program + (platform === 'win32' ? '.exe' : ''))}`
  }
  return wrong === 'does not exist'
    ? 'correct the path of the server program, or leave --binary out'
    : `make it executable: chmod +x ${binary}`
}

/** The engines whose program is not skyfly's own. */
const KINDS = ENGINE_NAMES.filter(name => ENGINES[name].bundled === undefined)

/**
 * What the program says of itself must be what was asked for; only where it says nothing the user's word
 * counts.
 * @throws SkyflyError `usage` where it is another engine, or nobody says which one it is
 */
export function confirmEngine({ engine, ...probed }: Probed, asked: Config['engine']): Binary {
  const { path } = probed
  if (asked === 'auto') {
    if (engine !== undefined) return { ...probed, engine }
    throw new SkyflyError('usage', `${path} does not say which server it is`, {
      hint: `name its kind with --engine ${KINDS.join(', ').replace(/, (?=\w+$)/, ' or ')}`,
    })
  }
  if (engine === undefined || engine === asked) return { ...probed, engine: asked }
  throw new SkyflyError('usage', `${path} is ${engine} ${probed.version}, not ${asked}`, {
    hint: `use --engine ${engine}, or another --binary`,
  })
}
