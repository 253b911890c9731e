import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instanceNames, readProject } from '../../src/config/project.js'
import { loadConfig } from '../../src/config/resolve.js'
import { SkyflyError } from '../../src/errors.js'
import { itNotInWine } from '../system.js'

let folder: string

beforeEach(() => {
  folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'skyfly-config-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function load(cwd = folder, flags = {}) {
  return loadConfig({ flags, cwd, env: {} })
}

function failure(act: () => unknown): SkyflyError {
  try {
    act()
  } catch (error) {
    if (error instanceof SkyflyError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the root', () => {
  test('is the nearest folder upwards with a skyfly.json', () => {
    put('skyfly.json', '{ "port": 7000 }')
    put('a/skyfly.json', '{ "port": 7001 }')
    put('a/b/c/file', '')
    expect(load(join(folder, 'a/b/c'))).toMatchObject({ root: join(folder, 'a'), port: 7001 })
  })

  test('is the working folder where there is none, and a .env further up does not count', () => {
    put('.env', 'DRAGONFLY_PORT=7000')
    put('a/file', '')
    expect(load(join(folder, 'a'))).toMatchObject({ root: join(folder, 'a'), port: 6379 })
  })

  itNotInWine('Wine makes no junctions')(
    'is the same whether the project is entered directly or by a symbolic link',
    () => {
      put('real/file', '')
      symlinkSync(join(folder, 'real'), join(folder, 'link'), 'junction')
      expect(load(join(folder, 'link')).files).toEqual(load(join(folder, 'real')).files)
    },
  )

  test('cannot be found from a folder that is gone, which is told', () => {
    const error = failure(() => load(join(folder, 'gone')))
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(join(folder, 'gone')) })
  })
})

test('a flag is relative to the working folder, everything else to the root', () => {
  put('skyfly.json', '{ "binary": "./df" }')
  put('sub/file', '')
  const { binary, dir } = load(join(folder, 'sub'), { dir: 'd' })
  expect({ binary, dir }).toEqual({ binary: join(folder, 'df'), dir: join(folder, 'sub', 'd') })
})

const BOM = '\uFEFF'

test.each<[string, string | Buffer]>([
  ['plain lines', 'DRAGONFLY_PORT=7000\nSKYFLY_RESTART=no\n'],
  ['a byte order mark and CRLF', `${BOM}DRAGONFLY_PORT=7000\r\nSKYFLY_RESTART=no\r\n`],
  ['quotes, comments and export', '# mine\nexport DRAGONFLY_PORT="7000" # port\nSKYFLY_RESTART=\'no\'\n'],
  ['UTF-16 of PowerShell', Buffer.from(`${BOM}DRAGONFLY_PORT=7000\r\nSKYFLY_RESTART=no\r\n`, 'utf16le')],
])('.env is read with %s', (_, content) => {
  put('.env', content)
  const { port, restart, sources } = load()
  expect({ port, restart }).toEqual({ port: 7000, restart: 'no' })
  expect(sources.port).toBe('DRAGONFLY_PORT in .env')
})

test.each<[string, string | Buffer]>([
  ['plain text', '{\n  "port": 7000\n}\n'],
  ['a byte order mark and CRLF', `${BOM}{\r\n  "port": 7000\r\n}\r\n`],
  ['UTF-16 of PowerShell', Buffer.from(`${BOM}{ "port": 7000 }`, 'utf16le')],
  ['$schema', '{ "$schema": "./schema.json", "port": 7000 }'],
])('skyfly.json is read with %s', (_, content) => {
  put('skyfly.json', content)
  expect(load()).toMatchObject({ port: 7000, sources: { port: 'skyfly.json' } })
})

test.each([
  ['a comma too many', '{\n  "port": 7000,\n}', 'line 3, column 1'],
  ['a value without quotes', '{\n  "engine": redis\n}', '"engine": redis }'],
  ['a missing value', '{\r\n  "port": }', `Unexpected token '}', "{ "port": }"`],
  ['a missing comma', '{\n  "port": 1\n  "host": "x"\n}', 'line 3, column 3'],
  ['a comment', '// mine\n{}', '"// mine {}"'],
  ['single quotes', "{ 'port': 1 }", 'line 1, column 3'],
  ['a missing end', '{\n  "port": 1', 'line 2, column 12'],
  ['nothing in it', '', 'Unexpected end'],
  ['two values', '{}\n{}', 'line 2, column 1'],
  ['a stray word at the end', `{ "dir": "${'x'.repeat(80)}", "port": 1, oops }`, 'column 105'],
])('a skyfly.json with %s is refused, naming the file and the place', (_, content, place) => {
  put('skyfly.json', content)
  const error = failure(() => load())
  expect(error.code).toBe('usage')
  expect(error.message).toContain(`${join(folder, 'skyfly.json')} is not valid JSON: `)
  expect(error.message).toContain(place)
  expect(error.message).not.toContain('\n')
  expect(error.hint).toContain('comma')
})

test.each([
  ['{ "prot": 7000 }', '"prot"', 'did you mean "port"?'],
  ['{ "log-level": "info" }', '"log-level"', 'did you mean "logLevel"?'],
  ['{ "startTimeoutMs": 1 }', '"startTimeoutMs"', 'did you mean "startTimeout"?'],
  ['{ "maxMemory": "1gb" }', '"maxMemory"', 'did you mean "maxmemory"?'],
  ['{ "instance": {} }', '"instance"', 'did you mean "instances"?'],
  ['{ "__proto__": {} }', '"__proto__"', 'the settings are name, port'],
  ['{ "colour": 1, "port": "x" }', '"colour"', 'the settings are name, port'],
  ['{ "instances": { "a": { "prot": 1 } } }', '"instances.a.prot"', 'did you mean "port"?'],
  ['{ "instances": { "a": { "name": "b" } } }', '"instances.a.name"', 'the settings are port'],
  ['{ "instances": { "a": { "instances": {} } } }', '"instances.a.instances"', ''],
  ['{ "instances": { "../a": {} } }', '"../a" in instances', 'letters, digits'],
  ['{ "instances": [] }', 'instances is not an object', 'give an object'],
  ['{ "instances": { "a": 7000 } }', 'instances.a is not an object', 'give an object'],
  ['[]', 'the whole file is not an object', 'give an object'],
  ['null', 'the whole file is not an object', 'give an object'],
])('skyfly.json may not be %s', (content, message, hint) => {
  put('skyfly.json', content)
  const error = failure(() => load())
  expect(error.code).toBe('usage')
  expect(error.message).toContain(join(folder, 'skyfly.json'))
  expect(error.message).toContain(message)
  expect(error.hint).toContain(hint)
})

test.each(['skyfly.json', '.env'])('a %s that cannot be read is told, not skipped', file => {
  mkdirSync(join(folder, file))
  const error = failure(() => load())
  expect(error).toMatchObject({ code: 'usage', hint: expect.any(String) })
  expect(error.message).toContain(`${join(folder, file)} cannot be read`)
})

describe('the instances of a project', () => {
  test('are those of skyfly.json and those that left a state file, sorted', () => {
    put('skyfly.json', '{ "instances": { "web": {}, "cache": {} } }')
    put('data/cache.json', '{}')
    put('data/dragonfly.json', '{}')
    put('data/not an instance.json', '{}')
    put('data/old.pid', '1')
    const { root, project } = readProject(folder)
    expect(instanceNames(root, project)).toEqual(['cache', 'dragonfly', 'web'])
  })

  test('are none in a new folder', () => {
    const { root, project } = readProject(folder)
    expect(instanceNames(root, project)).toEqual([])
  })
})
