// `skyfly lock` at the command line.
import { relative } from 'node:path'
import type { Config } from '../../config/config.js'
import { type Locked, lock as lockEngine } from '../../operations/pin.js'
import { workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { whileFetching } from './fetching.js'

interface Options {
  readonly quiet?: boolean
  readonly json?: boolean
}

export async function lock({ io }: Session, config: Config, options: Options): Promise<void> {
  const locked = await whileFetching(io, options, ({ onInstall, signal }) =>
    lockEngine(config, { env: io.env, onInstall, signal }),
  )
  io.stdout.write(
    options.json === true ? `${JSON.stringify(locked, null, 2)}\n` : renderLocked(locked, workingFolder(io)),
  )
}

function renderLocked({ file, engine, version, before, builds }: Locked, cwd: string): string {
  const change = before === null || before === version ? '' : `, ${before} before`
  const rows = builds.map(
    ({ target, sha256, verifiedBy }) => `  ${target.padEnd(12)} ${sha256}  ${VERIFIED_BY[verifiedBy]}\n`,
  )
  return `${engine} ${version} is pinned in ${relative(cwd, file)}${change}; commit that file\n${rows.join('')}`
}

const VERIFIED_BY = {
  skyfly: 'known to skyfly',
  github: "from GitHub's release page",
  'skyfly.lock': 'as it was',
  nobody: 'downloaded now: trusted from here on',
} as const
