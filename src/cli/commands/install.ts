// `skyfly install`: a server program into the cache.
import { resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import { type Command, DOWNLOAD_SETTINGS, JSON_OPTION, QUIET_OPTION } from '../command.js'
import { ENGINE_SPEC } from '../engine-spec.js'
import { whileFetching } from '../fetching.js'
import { workingFolder } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'

interface Options extends JsonOption {
  readonly from?: string
  readonly quiet?: boolean
}

export const install: Command = {
  argument: ENGINE_SPEC,
  settings: [...DOWNLOAD_SETTINGS, 'cacheDir'],
  options: [
    ['--from <FILE>', "take a release's archive, or a program, instead of a download"],
    QUIET_OPTION,
    JSON_OPTION,
  ],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const from = options.from === undefined ? undefined : fileOf(options.from, workingFolder(io))
  const { install } = await import('../../operations/install.js')
  const installed = await whileFetching(io, options, ({ onInstall, signal }) =>
    install(config, { env: io.env, from, onInstall, signal }),
  )
  const { engine, version, path, already, isDefault } = installed
  const text = () => `${engine} ${version} is ${already ? 'already ' : ''}in the cache: ${path}\n`
  await print(session, options, { json: installed, text })
  if (!isDefault && options.json !== true)
    io.stderr.write(
      `hint: to run it: skyfly start --engine ${engine} --engine-version ${version}; to pin it for the project: skyfly lock ${engine}@${version}\n`,
    )
}

function fileOf(from: string, cwd: string): string {
  if (from !== '' && !/^https?:\/\//i.test(from)) return resolve(cwd, from)
  const what = from === '' ? 'names no file' : 'is an address, not a file'
  throw new SkyflyError('usage', `--from ${from} ${what}`.replace(/ {2,}/, ' '), {
    hint: 'download it first and name the file; or name the address of a mirror by --mirror',
  })
}
