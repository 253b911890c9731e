// `skyfly lock`: what the project has agreed on, in skyfly.lock.
import { relative } from 'node:path'
import type { Config } from '../../config/config.js'
import type { Locked } from '../../operations/pin.js'
import { type Command, DOWNLOAD_SETTINGS, JSON_OPTION, QUIET_OPTION } from '../command.js'
import { ENGINE_SPEC } from '../engine-spec.js'
import { whileFetching } from '../fetching.js'
import { workingFolder } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'

interface Options extends JsonOption {
  readonly quiet?: boolean
}

export const lock: Command = {
  argument: ENGINE_SPEC,
  settings: DOWNLOAD_SETTINGS,
  options: [QUIET_OPTION, JSON_OPTION],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const { lock } = await import('../../operations/pin.js')
  const locked = await whileFetching(io, options, ({ onInstall, signal }) =>
    lock(config, { env: io.env, onInstall, signal }),
  )
  await print(session, options, { json: locked, text: () => renderLocked(locked, workingFolder(io)) })
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
