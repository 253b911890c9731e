// Which value of a setting counts: flags > environment > .env > instance in skyfly.json > skyfly.json >
// default.
import { SkyflyError } from '../errors.js'
import { homeFolder } from '../system/platform.js'
import { trace } from '../system/trace.js'
import type { Config, SettingName, Settings } from './config.js'
import { type Host, instanceFiles } from './files.js'
import {
  fromConfig,
  fromDefaults,
  fromFlags,
  fromSection,
  fromVariables,
  type Layer,
  type SettingValue,
  serviceLinkNote,
  type Variables,
} from './layers.js'
import { type Project, readProject } from './project.js'
import { type Flags, rowOf, SETTING_NAMES } from './settings.js'
import { PROJECT_FILE } from './skyfly-json.js'

/** What the command line or a program asks for explicitly. */
export interface Request {
  readonly flags: Flags
  /** What came after `--`; when there is some, it replaces the serverArgs of skyfly.json. */
  readonly serverArgs?: readonly string[] | undefined
  /** Where the project is looked for, and relative paths in flags start. @default the working folder */
  readonly cwd?: string | undefined
  /**
   * Ignores bad values unless they are flags: what runs must be found and stopped, whatever was mistyped
   * since.
   * @default false
   */
  readonly lenient?: boolean | undefined
}

/** Everything that decides about an instance. */
export interface ResolveInput extends Project {
  readonly flags: Flags
  readonly serverArgs: readonly string[]
  readonly cwd: string
  readonly env: Variables
  /** The user's home folder, which `~` stands for. */
  readonly home: string
  /** @default this machine */
  readonly host?: Host | undefined
  /** @default false */
  readonly lenient?: boolean | undefined
}

/** Reads the project around `cwd` and decides every setting. Throws SkyflyError `usage`. */
export function loadConfig(request: Request & { readonly env?: Variables | undefined }): Config {
  const { flags, serverArgs = [], cwd = process.cwd(), env = process.env, lenient = false } = request
  trace('config', () => `the project around ${cwd}`)
  return resolve({
    ...readProject(cwd, { lenient }),
    flags,
    serverArgs,
    cwd,
    env,
    home: homeFolder(),
    lenient,
  })
}

/**
 * Decides every setting of one instance; pure. A bad value is a SkyflyError `usage` that names where it came
 * from.
 */
export function resolve(input: ResolveInput): Config {
  const { root, project, home } = input
  const layer = (found: Layer) => (input.lenient === true ? ignoringInvalid(found, home) : found)
  const above = [
    fromFlags(input.flags, input.serverArgs, input.cwd),
    layer(fromVariables(input.env, '', root)),
    layer(fromVariables(input.dotenv, ' in .env', root)),
  ]
  const top = layer(fromSection(project.top, PROJECT_FILE, root))
  // The name is decided first: it says which instance of skyfly.json is meant, and where the data is.
  const name = String(decide('name', [...above, top, fromDefaults(root, '')], home).value)
  const section = project.instances.get(name) ?? {}
  const instance = layer(fromSection(section, `instances.${name} in ${PROJECT_FILE}`, root))
  const layers = [...above, instance, top, fromDefaults(root, name)]
  // A port that was asked for says that nobody means the link.
  const link = input.flags.port === undefined ? serviceLinkNote(input.env) : undefined
  const files = instanceFiles(root, name, input.host)
  return assemble(layers, home, { root, files, ...(link !== undefined && { notes: Object.freeze([link]) }) })
}

/**
 * The settings of a running instance with the explicitly given ones replaced, as `skyfly restart` needs them.
 * `config` may come from another process as JSON; its name stays, since the name chose the instance.
 */
export function reconfigure(
  config: Config,
  { flags, serverArgs = [], cwd = process.cwd() }: Request,
): Config {
  const { root, files, name } = config
  const layers = [
    fromFlags({ ...flags, name: undefined }, serverArgs, cwd),
    fromConfig(config),
    fromDefaults(root, name),
  ]
  return assemble(layers, homeFolder(), { root, files: Object.freeze({ ...files }) })
}

function assemble(
  layers: readonly Layer[],
  home: string,
  rest: Pick<Config, 'root' | 'files' | 'notes'>,
): Config {
  const decided = SETTING_NAMES.map(name => ({ name, ...decide(name, layers, home) }))
  // The table has a row for every setting, with the setting's own type.
  const settings = Object.fromEntries(decided.map(({ name, value }) => [name, value])) as unknown as Settings
  const told = decided.filter(({ source }) => source !== undefined)
  const sources: Config['sources'] = Object.fromEntries(told.map(({ name, source }) => [name, source]))
  return Object.freeze({
    ...settings,
    serverArgs: Object.freeze([...settings.serverArgs]),
    ...rest,
    sources: Object.freeze(sources),
  })
}

function decide(
  name: SettingName,
  layers: readonly Layer[],
  home: string,
): Pick<SettingValue, 'value' | 'source'> {
  const found = first(layers, name)
  if (found === undefined || found.settled) return { value: found?.value, source: found?.source }
  const { key, kind } = rowOf(name)
  const value = kind.read(found.value, { folder: found.folder, home })
  if (value !== undefined) return { value, source: found.source }
  const message = `${key} ${show(found.value)} (from ${found.source}) is not valid`
  throw new SkyflyError('usage', message, { hint: `give ${kind.allowed}` })
}

/** The same layer without the values that are not valid. */
function ignoringInvalid(layer: Layer, home: string): Layer {
  return name => {
    const found = layer(name)
    return found && rowOf(name).kind.read(found.value, { folder: found.folder, home }) === undefined
      ? undefined
      : found
  }
}

function first(layers: readonly Layer[], name: SettingName): SettingValue | undefined {
  for (const layer of layers) {
    const found = layer(name)
    if (found) return found
  }
  return undefined
}

/** As JSON, cut short, since a whole file may have ended up in a variable. */
function show(value: unknown): string {
  // The address of a mirror may hold a password, even where it was given for another setting by mistake.
  const text = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/@\s"]+@/g, '//***@')
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
