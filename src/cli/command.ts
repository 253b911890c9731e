// What a command consists of: its flags, and what it does with the resolved settings.
import type { Config, SettingName } from '../config/config.js'
import type { Session } from './session.js'

/** The parsed flags, under the names that commander gives them. */
export type Options = Readonly<Record<string, unknown>>

export interface Command {
  /** What follows the name in the first line of the help. @default `[options]`, and the argument */
  readonly usage?: string
  readonly argument?: Argument
  /** The settings that are flags of this command. */
  readonly settings: 'all' | readonly SettingName[]
  /** Ignores settings that are not valid, unless they are flags. */
  readonly lenient?: boolean
  readonly options: readonly Option[]
  readonly run: (session: Session, config: Config, options: Options) => Promise<void>
}

/** A word that is short for some flags. */
export interface Argument {
  /** As commander wants it. */
  readonly name: string
  readonly description: string
  /** The flags that the word stands for; `options` are those given as well. @throws SkyflyError `usage` */
  readonly flags: (word: string, options: Options) => Options
}

type Option = readonly [flags: string, description: string]

export const JSON_OPTION: Option = ['--json', 'print JSON']
export const ALL_OPTION: Option = ['--all', 'every instance of this project']
export const QUIET_OPTION: Option = ['-q, --quiet', 'show no progress of a download']

export const SERVER_USAGE = '[options] [-- SERVER_ARGS...]'

/** Looking at an instance, and stopping it, must work even if a setting was mistyped since its start. */
export const OF_INSTANCE = { settings: ['name'], lenient: true } as const

/** The settings that decide what is downloaded, and from where. */
export const DOWNLOAD_SETTINGS = [
  'engine',
  'engineVersion',
  'offline',
  'allowUnverified',
  'mirror',
  'downloadTimeoutMs',
] as const
