// What an installation puts on the disk.
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atMost } from '../goals.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const size = {
  name: 'size',
  about: 'a production install: size, packages, install scripts',
  async measure(workplace) {
    const folder = workplace.newFolder('install')
    // What was built is packed; building it again would need the development tools.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
    const [{ filename }] = JSON.parse((await workplace.run('npm', pack, { cwd: ROOT })).stdout)
    const install = ['install', '--omit=dev', '--no-audit', '--no-fund', join(folder, filename)]
    await workplace.run('npm', [...install, '--prefix', folder], { cwd: folder })
    const skyfly = installed(folder)
    const peers = await workplace.peers()
    const others = peers && installed(peers.folder)
    const line = (what, unit, key, limit) => ({
      what,
      unit,
      own: skyfly[key],
      beside: { 'pm2 and redis-memory-server': others?.[key] },
      goals: [atMost(limit)],
    })
    return [
      line('installed size', 'MB', 'megabytes', 13),
      line('packages installed', '', 'packages', 65),
      line('install scripts', '', 'scripts', 0),
    ]
  },
}

function installed(folder) {
  const modules = join(folder, 'node_modules')
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'))
  const all = Object.values(packages)
  return {
    megabytes: bytesOf(modules) / 1e6,
    packages: all.length,
    scripts: all.filter(({ hasInstallScript }) => hasInstallScript === true).length,
  }
}

/** As the disk counts: whole blocks. */
function bytesOf(path) {
  const stat = lstatSync(path)
  const own = stat.blocks * 512
  if (!stat.isDirectory()) return own
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), own)
}
