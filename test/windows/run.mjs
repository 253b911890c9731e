// `npm run test:windows`: the suite under Wine with Windows Node, and on Linux what needs a console. Prints what passed.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile, PROGRAMS } from './lib/native.mjs'
import { runVitest } from './lib/vitest-run.mjs'
import { windowsCopy, windowsNode } from './lib/windows-copy.mjs'
import { installed, Wine } from './lib/wine.mjs'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = join(PROJECT, 'node_modules/.cache/skyfly-wine')
const LIMIT_MS = 10 * 60_000

/** Arguments go to vitest: the files to run. */
async function main(filters) {
  mkdirSync(CACHE, { recursive: true })
  const compiler = await stage('Wine and a compiler', installed)
  const native = join(CACHE, 'native')
  await stage('native programs', () => {
    for (const name of Object.keys(PROGRAMS)) compile(name, { compiler, folder: native })
  })
  const node = await stage('Node for Windows', () => windowsNode(CACHE))
  const copy = await stage('copy of the project', () => windowsCopy(PROJECT, CACHE))
  const wine = new Wine(CACHE)
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      wine.end()
      process.exit(1)
    })
  const setting = { wine, node, copy, native }
  const deadline = Date.now() + LIMIT_MS
  const part = (name, command) =>
    stage(name, () =>
      runVitest({ ...command, filters, deadline, files: join(CACHE, name.replaceAll(' ', '-')) }),
    )
  try {
    await stage('Wine prefix', () => {
      wine.prepare()
      wine.replace(native)
    })
    return [
      await part('tests under Wine', underWine(setting)),
      await part('tests of the console', onLinux(setting)),
    ]
  } finally {
    wine.end()
  }
}

const underWine = ({ wine, node, copy, native }) => ({
  start: (words, env, output) =>
    wine.start([wine.path(node), ...words], {
      cwd: copy,
      env: { ...env, SKYFLY_TEST_WINE: '1', SKYFLY_TEST_NATIVE: wine.path(native) },
      output,
    }),
  path: path => wine.path(path),
})

/** What types into a terminal: there is none for a Windows program unless a Linux program makes it. */
const onLinux = ({ wine, node, copy, native }) => ({
  start: (words, env, output) =>
    wine.startOnLinux([process.execPath, ...words], {
      cwd: PROJECT,
      env: {
        ...env,
        // The folders of its tests are on the drive that Windows programs see.
        TMPDIR: temporary(),
        SKYFLY_TEST_NATIVE: wine.path(native),
        SKYFLY_TEST_CONSOLE: wine.shellCommand([wine.path(node), wine.path(join(copy, 'bin/skyfly.js'))]),
      },
      output,
    }),
  path: path => path,
})

function temporary() {
  const folder = join(CACHE, 'tmp')
  // Of a run that was ended in the middle.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

async function stage(name, work) {
  const since = performance.now()
  const result = await work()
  print(`${name}: ${((performance.now() - since) / 1000).toFixed(1)} s`)
  return result
}

function print(line) {
  process.stdout.write(`${line}\n`)
}

try {
  const parts = await main(process.argv.slice(2))
  const sum = field => parts.reduce((total, part) => total + part[field], 0)
  for (const title of parts.flatMap(part => part.skippedTitles)) print(`skipped: ${title}`)
  if (parts.some(part => !part.isFine)) process.exitCode = 1
  print(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
