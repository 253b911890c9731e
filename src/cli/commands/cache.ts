// `skyfly cache list|path|verify|clean` at the command line.

import type { Config } from '../../config/config.js'
import { parseDuration } from '../../config/units.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { cachePlace, cleanCache, inspectCache, verifyCache } from '../../operations/cache.js'
import { Cache } from '../../servers/cache/cache.js'
import type { Session } from '../program.js'
import { renderCache, renderCleaned, renderVerdicts } from '../text/cache.js'

interface Options {
  readonly json?: boolean
}

interface CleanOptions extends Options {
  readonly olderThan?: string
}

export async function cacheList({ io }: Session, config: Config, { json }: Options): Promise<void> {
  const report = await inspectCache(cacheOf(config, io.env))
  io.stdout.write(json === true ? asJson(report) : renderCache(report, new Date()))
}

/** The folder alone on standard output: `cd "$(skyfly cache path)"`. */
export async function cachePath({ io }: Session, config: Config, { json }: Options): Promise<void> {
  const folder = cachePlace(config, io.env)
  if (json === true) return void io.stdout.write(asJson(folder))
  io.stdout.write(`${folder.dir}\n`)
  io.stderr.write(`${folder.why}\n`)
}

export async function cacheVerify(session: Session, config: Config, { json }: Options): Promise<void> {
  const { io } = session
  const { report, damaged } = await verifyCache(cacheOf(config, io.env))
  io.stdout.write(json === true ? asJson(report) : renderVerdicts(report))
  if (damaged.length === 0) return
  session.exitCode = EXIT_CODES.download
  if (json === true) return
  for (const { server, isForThisMachine, isPublished } of damaged) {
    const { engine, version, dir } = server
    const mend = `skyfly install ${engine}@${version}${isPublished ? '' : ' --from FILE'} puts it right`
    const elsewhere = `it is for another machine, where ${mend}; here, remove ${dir}`
    io.stderr.write(`hint: ${isForThisMachine ? mend : elsewhere}\n`)
  }
}

/** A server that has crashed is nobody's process, and may be about to start again. */
const GRACE_MS = 5 * 60_000

export async function cacheClean(session: Session, config: Config, options: CleanOptions): Promise<void> {
  const { io } = session
  const olderThanMs = options.olderThan === undefined ? GRACE_MS : spanOf(options.olderThan)
  const report = await cleanCache(cacheOf(config, io.env), { olderThanMs })
  io.stdout.write(options.json === true ? asJson(report) : renderCleaned(report))
  if (report.failed.length > 0) session.exitCode = EXIT_CODES.download
}

function cacheOf(config: Config, env: NodeJS.ProcessEnv): Cache {
  return new Cache(cachePlace(config, env).dir)
}

function asJson(report: object): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

function spanOf(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new SkyflyError('usage', `--older-than ${text} is not a length of time`, {
    hint: 'write 30d, 12h or 90m',
  })
}
