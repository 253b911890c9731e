// What skyfly.json may contain.
import { SkyflyError } from '../errors.js'
import { instanceName, isInstanceName } from './kinds.js'
import { nearest } from './nearest.js'
import { rowOf, SETTING_NAMES } from './settings.js'

/** The name of the project file. */
export const PROJECT_FILE = 'skyfly.json'

/** The values of one section, under the keys of the table of settings; not checked yet. */
export type Section = Readonly<Record<string, unknown>>

/** skyfly.json with its known keys only. */
export interface ProjectFile {
  /** Defaults of every instance. */
  readonly top: Section
  /** By name. A map, since an instance may be called `constructor`. */
  readonly instances: ReadonlyMap<string, Section>
}

export const EMPTY_PROJECT_FILE: ProjectFile = { top: {}, instances: new Map() }

/** Reads the text of skyfly.json. `path` is for the messages; throws SkyflyError `usage`. */
export function parseProjectFile(text: string, path: string): ProjectFile {
  const { $schema, instances = {}, ...top } = section(parseJson(text, path), path, 'the whole file')
  checkKeys(top, [...KEYS, 'instances'], path)
  const named = Object.entries(section(instances, path, 'instances')).map(([name, value]) => {
    if (!isInstanceName(name)) {
      const message = `${path}: ${JSON.stringify(name)} in instances cannot be the name of an instance`
      throw new SkyflyError('usage', message, { hint: `give ${instanceName.allowed}` })
    }
    const place = `instances.${name}`
    const values = section(value, path, place)
    checkKeys(values, INSTANCE_KEYS, path, `${place}.`)
    return [name, values] as const
  })
  return { top, instances: new Map(named) }
}

const KEYS = SETTING_NAMES.map(name => rowOf(name).key)
const INSTANCE_KEYS = KEYS.filter(key => key !== 'name')

function section(value: unknown, path: string, place: string): Section {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Section
  throw new SkyflyError('usage', `${path}: ${place} is not an object`, {
    hint: 'give an object, such as { "port": 6380, "instances": { "cache": { "port": 6381 } } }',
  })
}

function checkKeys(values: Section, known: readonly string[], path: string, place = ''): void {
  const unknown = Object.keys(values).find(key => !known.includes(key))
  if (unknown === undefined) return
  const meant = nearest(unknown, known)
  throw new SkyflyError('usage', `${path}: there is no setting ${JSON.stringify(place + unknown)}`, {
    hint:
      meant === undefined ? `the settings are ${known.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`,
  })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    throw new SkyflyError('usage', `${path} is not valid JSON: ${explained(message, text)}`, {
      hint: 'JSON has double quotes, no comments and no comma before } or ]; an empty file is written {}',
      cause: error,
    })
  }
}

/** V8 tells the position, or shows the text around a token that it did not expect. */
function explained(message: string, text: string): string {
  const [, reason, position] = /^(.*?)(?: in JSON)? at position (\d+)/.exec(message) ?? []
  if (reason === undefined) return message.replace(/ is not valid JSON$/, '').replace(/\s+/g, ' ')
  const before = text.slice(0, Number(position)).split(/\r\n|\n|\r/)
  return `${reason} (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`
}
