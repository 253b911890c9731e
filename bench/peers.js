// Other supervisors of the npm world, installed into the temporary folder for the time of a run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns undefined where they cannot be installed: then the table says less */
export async function installPeers(workplace) {
  const folder = workplace.newFolder('peers')
  process.stderr.write('installing pm2 and redis-memory-server to compare with ...\n')
  try {
    // Without install scripts: redis-memory-server would compile a server, and is given the one that is here.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]
    await workplace.run('npm', ['install', ...flags, 'pm2', 'redis-memory-server'], { cwd: folder })
  } catch (error) {
    if (workplace.isInterrupted) throw error
    process.stderr.write(`no peers: ${error.message}\n`)
    return undefined
  }
  return { folder, pm2: pm2In(folder, workplace) }
}

/** pm2 with a home of its own, so that no other pm2 of this user is touched. */
function pm2In(folder, workplace) {
  const home = workplace.newFolder('pm2-home')
  const env = { ...workplace.env, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' }
  const program = join(folder, 'node_modules/pm2/bin/pm2')
  const run = (args, options) => workplace.run(process.execPath, [program, ...args], { env, ...options })
  workplace.atEnd(() => run(['kill'], { evenInterrupted: true }))
  return {
    run,
    home,
    /** Starts a program under its daemon; resolves with the time until the prompt is back. */
    start: async (command, args) =>
      (await run(['start', command, '--name', 'server', '--interpreter', 'none', '--', ...args])).ms,
    serverPid: async () => Number((await run(['pid', 'server'])).stdout),
    daemonPid: () => Number(readFileSync(join(home, 'pm2.pid'), 'utf8')),
  }
}
