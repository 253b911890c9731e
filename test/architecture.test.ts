// What docs/architecture.md says of the code, kept true: who may import whom, and what the documents name.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What each room of src may import beside itself: the floors below it. A file at the top of src is a room of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  system: ['errors'],
  config: ['system', 'errors', 'version'],
  engines: ['config', 'system', 'errors', 'version'],
  servers: ['engines', 'config', 'system', 'errors', 'version'],
  logs: ['engines', 'config', 'system', 'errors', 'version'],
  snapshots: ['engines', 'config', 'system', 'errors', 'version'],
  supervisor: ['servers', 'logs', 'snapshots', 'engines', 'config', 'system', 'errors', 'version'],
  smoke: ['config', 'system', 'errors'],
  operations: [
    ...['supervisor', 'smoke', 'servers', 'logs', 'snapshots', 'engines', 'config', 'system'],
    ...['errors', 'version'],
  ],
  'library-exit': ['operations', 'supervisor', 'system', 'config', 'errors'],
  library: ['library-exit', 'operations', 'supervisor', 'servers', 'engines', 'config', 'system', 'errors'],
  cli: [
    'operations',
    'smoke',
    'supervisor',
    'servers',
    'logs',
    'engines',
    'config',
    'system',
    'errors',
    'version',
  ],
  index: ['library', 'operations', 'supervisor', 'servers', 'config', 'errors'],
  embedded: ['version'],
}

/** A library from elsewhere has one importer, so that another one could take its place. */
const IMPORTERS: Readonly<Record<string, string>> = {
  commander: 'src/cli/program.ts',
  ioredis: 'src/smoke/client.ts',
  undici: 'src/servers/http/http.ts',
  'tar-stream': 'src/servers/archive/unpack-tar.ts',
  yauzl: 'src/servers/archive/unpack-zip.ts',
}

/** Tables of data may be as long as their data. */
const DATA = ['src/engines/dragonfly/sha256.ts', 'src/config/settings.ts']
const MAX_LINES = 250

const PLACES_OF = {
  'process.platform': /^src\/(?:system|engines|embedded)\//,
  'process.env': /^src\/(?:config|cli|system)\/|^src\/library\.ts$|^src\/supervisor\/background\/run\.ts$/,
} as const

const ROOT = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map(file => posix.join(folder, file.replaceAll('\\', '/')))
    .filter(file => file.endsWith(ending))

const SOURCES = filesIn('src', '.ts')
const IMPORTS = new Map(SOURCES.map(file => [file, importsOf(file)]))

describe('the rooms of src', () => {
  it('import only what is below them', () => {
    const forbidden = ownImports().filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)]
      return room !== other && MAY_IMPORT[room]?.includes(other) !== true
    })
    expect(forbidden.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it('are all on the list of floors', () => {
    expect([...new Set(SOURCES.map(roomOf))].filter(room => MAY_IMPORT[room] === undefined)).toEqual([])
  })

  it('have no cycle, types included', () => {
    expect(cycles()).toEqual([])
  })

  it.each(Object.entries(IMPORTERS))('know %s only in %s', (library, importer) => {
    const importers = SOURCES.filter(file => IMPORTS.get(file)?.includes(library))
    expect(importers).toEqual([importer])
  })

  it('use no library that is not on the list', () => {
    const used = [...IMPORTS.values()]
      .flat()
      .filter(name => !name.startsWith('.') && !name.startsWith('node:'))
    expect([...new Set(used)].filter(name => IMPORTERS[name] === undefined)).toEqual([])
  })

  it.each(Object.entries(PLACES_OF))('ask for %s only where that belongs', (word, places) => {
    expect(SOURCES.filter(file => withoutComments(read(file)).includes(word) && !places.test(file))).toEqual(
      [],
    )
  })

  it(`hold no file over ${MAX_LINES} lines`, () => {
    const long = SOURCES.filter(file => !DATA.includes(file) && read(file).split('\n').length - 1 > MAX_LINES)
    expect(long).toEqual([])
  })

  it('name in their comments only files that exist', () => {
    const names = new Set([...SOURCES, ...filesIn('test', '.ts')].map(file => basename(file)))
    const wrong = SOURCES.flatMap(file =>
      [...read(file).matchAll(/(?<![\w./-])([\w-]+\.ts)\b/g)]
        .filter(([, name = '']) => !names.has(name))
        .map(([, name]) => `${file}: ${name}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the documents', () => {
  const pages = [...readdirSync(ROOT).filter(file => file.endsWith('.md')), ...filesIn('docs', '.md')]

  it.each(pages)('%s names only files that exist', page => {
    const text = read(page)
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
      posix.join(dirname(page), link),
    )
    const paths = [...text.matchAll(/(?<![\w./-])((?:src|test|bench|docs|examples)\/[\w./-]*\w)/g)]
      .map(([, path = '']) => path)
      .filter(path => /\.\w+$/.test(path))
    expect([...links, ...paths].filter(path => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('of the architecture names only modules that exist', () => {
    const names = new Set(SOURCES.map(file => basename(file)))
    const named = [...read('docs/architecture.md').matchAll(/(?<![\w-])([\w-]+\.ts)\b/g)].map(
      ([, name = '']) => name,
    )
    expect(named.filter(name => !names.has(name))).toEqual([])
  })
})

/** What a module imports, also when it runs or only for a type. */
function importsOf(file: string): readonly string[] {
  return [...read(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm)].map(
    ([, name = '']) => name,
  )
}

function ownImports(): readonly { readonly from: string; readonly to: string }[] {
  return SOURCES.flatMap(from => dependenciesOf(from).map(to => ({ from, to })))
}

function dependenciesOf(file: string): readonly string[] {
  const own = (IMPORTS.get(file) ?? []).filter(name => name.startsWith('.'))
  return own.map(name => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts'))
}

/** `src/logs/read/read.ts` is in `logs`, `src/library.ts` is `library`. */
function roomOf(file: string): string {
  return basename(file.split('/')[1] ?? '', '.ts')
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** One line for each cycle that a walk through all imports meets. */
function cycles(): readonly string[] {
  const found: string[] = []
  const path: string[] = []
  const done = new Set<string>()
  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start !== -1) found.push([...path.slice(start), file].join(' -> '))
    if (start !== -1 || done.has(file)) return
    path.push(file)
    for (const next of dependenciesOf(file)) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of SOURCES) visit(file)
  return found
}
