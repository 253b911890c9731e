// `skyfly install` at the command line.
import { resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { SkyflyError } from '../../errors.js'
import { install as installBinary } from '../../operations/install.js'
import { workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { whileFetching } from './fetching.js'

interface Options {
  readonly from?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

export async function install({ io }: Session, config: Config, options: Options): Promise<void> {
  const from = options.from === undefined ? undefined : fileOf(options.from, workingFolder(io))
  const installed = await whileFetching(io, options, ({ onInstall, signal }) =>
    installBinary(config, { env: io.env, from, onInstall, signal }),
  )
  const { engine, version, path, already, isDefault } = installed
  if (options.json === true) return void io.stdout.write(`${JSON.stringify(installed, null, 2)}\n`)
  io.stdout.write(`${engine} ${version} is ${already ? 'already ' : ''}in the cache: ${path}\n`)
  if (!isDefault)
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
