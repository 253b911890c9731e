// Whether an instance that runs already is what a start asks for: only what was asked for explicitly can
// differ.
import { isAbsolute } from 'node:path'
import { type Config, nameFlag, type SettingName } from '../config/config.js'
import { rowOf, SETTING_NAMES } from '../config/settings.js'
import { SkyflyError } from '../errors.js'
import type { Status } from '../supervisor/status.js'
import { shellWord } from '../system/platform.js'

interface Difference {
  readonly setting: SettingName
  /** Undefined: the engine chose it. */
  readonly runs: unknown
  readonly asked: unknown
}

/** @throws SkyflyError `start-failed` that says what differs, and how to change it */
export async function assertAsAsked(asked: Config, owned: Config, status: Status): Promise<void> {
  const found = differences(asked, owned, status)
  // What the engine chose may be what is asked for: then nothing would change.
  const chosen = found.filter(({ runs }) => runs === undefined)
  const same = chosen.length === 0 ? [] : await withoutEffect(chosen, owned, status)
  const differs = found.filter(difference => !same.includes(difference))
  if (differs.length === 0) return
  const list = differs.map(asText).join('; ')
  throw new SkyflyError('start-failed', `${asked.name} runs already (pid ${status.pid}), but with ${list}`, {
    hint: `to change that: ${howToChange(asked.name, differs)}`,
  })
}

/** Pure. */
function differences(asked: Config, owned: Config, status: Status): readonly Difference[] {
  return SETTING_NAMES.flatMap(setting => {
    if (!rowOf(setting).comparedWhenRunning || asked.sources[setting] === undefined) return []
    if (leavesOpen(setting, asked) || (setting === 'dir' && owned.ephemeral)) return []
    const runs = running(setting, owned, status)
    return JSON.stringify(runs) === JSON.stringify(asked[setting])
      ? []
      : [{ setting, runs, asked: asked[setting] }]
  })
}

/** Some values ask for nothing in particular: any port or engine, the newest version, a program from PATH. */
function leavesOpen(setting: SettingName, asked: Config): boolean {
  const value = asked[setting]
  if (setting === 'binary') return !isAbsolute(String(value))
  return value === 'auto' || value === 'latest'
}

/** As it really is, where the status tells; else as the instance was asked for it. */
function running(setting: SettingName, owned: Config, status: Status): unknown {
  const { port, host, engine, version, binary } = status
  const real: Partial<Record<SettingName, unknown>> = { port, host, engine, engineVersion: version, binary }
  return setting in real ? real[setting] : owned[setting]
}

/** Those that would leave the command line of the server as it is. */
async function withoutEffect(
  differences: readonly Difference[],
  owned: Config,
  { engine, version, binary, port, dir }: Status,
): Promise<readonly Difference[]> {
  if (engine === null || binary === null || port === null) return []
  const [{ ENGINES }, { resources }] = await Promise.all([
    import('../engines/table.js'),
    import('../system/resources.js'),
  ])
  const program = { engine, path: binary, version: version ?? undefined, flags: new EveryFlag() }
  const commandLine = (changed: Partial<Config>) =>
    JSON.stringify(
      ENGINES[engine].args({
        config: { ...owned, ...changed },
        port,
        dir,
        binary: program,
        resources: resources(),
      }),
    )
  return differences.filter(({ setting, asked }) => {
    try {
      return commandLine({ [setting]: asked }) === commandLine({})
    } catch {
      // The engine refuses the setting: it cannot be what runs.
      return false
    }
  })
}

/**
 * The program is not asked for its flags again: one that lacks a flag would be started without it either way.
 */
class EveryFlag extends Set<string> {
  override has(): boolean {
    return true
  }
}

function asText({ setting, runs, asked }: Difference): string {
  // A password may be among them.
  if (setting === 'serverArgs') return 'other arguments after --'
  const now = runs === undefined ? 'as the engine chose it' : written(setting, runs)
  return `${flagOf(setting)} ${now}, not ${written(setting, asked)}`
}

function howToChange(name: string, differs: readonly Difference[]): string {
  // A flag can only turn it on.
  if (differs.some(({ asked }) => asked === false)) return `skyfly stop${nameFlag(name)}, then start it again`
  const flags = differs
    .filter(({ setting }) => setting !== 'serverArgs')
    .map(({ setting, asked }) =>
      asked === true
        ? ` --${flagOf(setting)}`
        : ` --${flagOf(setting)} ${shellWord(written(setting, asked))}`,
    )
  const rest = differs.some(({ setting }) => setting === 'serverArgs') ? ' -- ARGUMENTS' : ''
  return `skyfly restart${nameFlag(name)}${flags.join('')}${rest}`
}

const flagOf = (setting: SettingName): string => rowOf(setting).flag?.slice(2).split(' ')[0] ?? setting

function written(setting: SettingName, value: unknown): string {
  const { write = String } = rowOf(setting).kind
  return write(value as never)
}
