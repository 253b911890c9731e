// Windows as Wine plays it: installed where it is missing, its folder of settings made ready, a program run in it.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const PACKAGES = ['wine64', 'gcc-mingw-w64-x86-64']
const COMPILER = 'x86_64-w64-mingw32-gcc'
/** Debian's launcher on PATH wants a display and wine32; the program itself wants neither. */
const WINE = '/usr/lib/wine/wine64'
const WINESERVER = '/usr/lib/wine/wineserver'

/** Gives the cross compiler, and sees that Wine is there, too. @throws Error with what to do */
export function installed() {
  const isThere = () => existsSync(WINE) && spawnSync(COMPILER, ['--version']).status === 0
  if (!isThere()) install()
  if (!isThere())
    throw new Error(`Wine is missing. On Debian or Ubuntu: apt-get install ${PACKAGES.join(' ')}`)
  return COMPILER
}

function install() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  process.stdout.write(`installing: ${PACKAGES.join(' ')}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  for (let attempt = 1; attempt <= 3; attempt++)
    if (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', ...PACKAGES)) return
}

export class Wine {
  /** @param folder becomes drive P: of Windows; Wine keeps its drive C: and its registry in it, too */
  constructor(folder) {
    this.folder = folder
    this.prefix = join(folder, 'prefix')
    const { PATH, HOME, USER } = process.env
    this.env = {
      // Nothing else: a path of Linux in a variable, such as NODE_EXTRA_CA_CERTS, is none there. No DISPLAY: there is no window.
      ...{ PATH, HOME, USER },
      // Names of files are UTF-8, whatever the shell that this was started from says.
      LC_ALL: 'C.UTF-8',
      WINEPREFIX: this.prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // Wine asks for Mono and Gecko otherwise; and these three are ours, not its own.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;taskkill.exe,powershell.exe,bcryptprimitives=n',
    }
  }

  /** Makes it ready once. */
  prepare() {
    const ready = join(this.prefix, 'ready-for-skyfly')
    if (existsSync(ready)) return
    rmSync(this.prefix, { recursive: true, force: true })
    mkdirSync(this.prefix, { recursive: true })
    this.#runQuietly('wineboot', '-i')
    // Untouched it says Windows 7, and Node refuses that.
    this.#runQuietly('winecfg', '-v', 'win10')
    this.end()
    const drives = join(this.prefix, 'dosdevices')
    symlinkSync(this.folder, join(drives, 'p:'))
    // Drive Z: is all of Linux, with a /proc that no Windows has.
    rmSync(join(drives, 'z:'))
    writeFileSync(ready, '')
  }

  /** What programs of Windows call a path in the folder. */
  path(path) {
    return `P:\\${relative(this.folder, path).replaceAll('/', '\\')}`
  }

  /** Puts the programs in the place of what Wine lacks. */
  replace(native) {
    const system32 = join(this.prefix, 'drive_c/windows/system32')
    const powershell = join(system32, 'WindowsPowerShell/v1.0')
    mkdirSync(powershell, { recursive: true })
    const copies = [
      ['taskkill.exe', system32],
      ['bcryptprimitives.dll', system32],
      ['powershell.exe', powershell],
    ]
    for (const [name, folder] of copies) {
      // Wine's own may be a link into its installation.
      rmSync(join(folder, name), { force: true })
      copyFileSync(join(native, name), join(folder, name))
    }
  }

  /** Starts a program of Windows. Its output goes to a file: a Linux pipe is EBADF to it. */
  start(command, options) {
    return this.startOnLinux([WINE, ...command], options)
  }

  /** Starts a program of this system that may run others here. */
  startOnLinux([program, ...args], { cwd, env, output }) {
    return spawn(program, args, { cwd, env: { ...this.env, ...env }, stdio: ['ignore', output, output] })
  }

  /** The words that start a program of Windows, for a shell. */
  shellCommand(command) {
    return [WINE, ...command].map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  }

  /** Ends every program that runs in this prefix, and no other. */
  end() {
    const options = { env: this.env, stdio: 'ignore' }
    spawnSync(WINESERVER, ['-k'], options)
    spawnSync(WINESERVER, ['-w'], { ...options, timeout: 20_000 })
  }

  #runQuietly(...command) {
    const { status } = spawnSync(WINE, command, { env: this.env, stdio: 'ignore', timeout: 120_000 })
    if (status !== 0) throw new Error(`${command.join(' ')} failed under Wine (${status})`)
  }
}
