// `skyfly cache list|path|verify|clean`: the server programs that were downloaded.
import type { Config } from '../../config/config.js'
import { parseDuration } from '../../config/units.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import type { Cache } from '../../servers/cache/cache.js'
import { type Command, JSON_OPTION } from '../command.js'
import { columnsOf } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'

const OF_CACHE = { settings: ['cacheDir'], lenient: true } as const

export const list: Command = {
  ...OF_CACHE,
  options: [JSON_OPTION],
  run: async (session, config, options: JsonOption) => {
    const { inspectCache } = await import('../../operations/cache.js')
    const report = await inspectCache(await cacheOf(config, session))
    const { renderCache } = await import('../text/cache.js')
    await print(session, options, {
      json: report,
      text: () => renderCache(report, new Date(), columnsOf(session.io.stdout)),
    })
  },
}

/** The folder alone on standard output: `cd "$(skyfly cache path)"`. */
export const path: Command = {
  ...OF_CACHE,
  options: [JSON_OPTION],
  run: async (session, config, options: JsonOption) => {
    const { cachePlace } = await import('../../operations/cache.js')
    const folder = cachePlace(config, session.io.env)
    await print(session, options, { json: folder, text: () => `${folder.dir}\n` })
    if (options.json !== true) session.io.stderr.write(`${folder.why}\n`)
  },
}

export const verify: Command = {
  ...OF_CACHE,
  options: [JSON_OPTION],
  run: async (session, config, options: JsonOption) => {
    const { verifyCache } = await import('../../operations/cache.js')
    const { report, damaged } = await verifyCache(await cacheOf(config, session))
    const { renderRepairs, renderVerdicts } = await import('../text/cache.js')
    await print(session, options, { json: report, text: () => renderVerdicts(report) })
    if (damaged.length === 0) return
    session.exitCode = EXIT_CODES.download
    if (options.json !== true) session.io.stderr.write(renderRepairs(damaged))
  },
}

interface CleanOptions extends JsonOption {
  readonly olderThan?: string
}

/** A server that has just crashed is no running process, but may be about to start again. */
const GRACE_MS = 5 * 60_000

export const clean: Command = {
  ...OF_CACHE,
  options: [
    ['--older-than <TIME>', 'only what was not used for so long (default 5m); 0 removes all'],
    JSON_OPTION,
  ],
  run: async (session, config, options: CleanOptions) => {
    const olderThanMs = options.olderThan === undefined ? GRACE_MS : spanOf(options.olderThan)
    const { cleanCache } = await import('../../operations/cache.js')
    const report = await cleanCache(await cacheOf(config, session), { olderThanMs })
    const { renderCleaned } = await import('../text/cache.js')
    await print(session, options, { json: report, text: () => renderCleaned(report) })
    if (report.failed.length > 0) session.exitCode = EXIT_CODES.download
  },
}

async function cacheOf(config: Config, { io }: Session): Promise<Cache> {
  const [{ cachePlace }, { Cache }] = await Promise.all([
    import('../../operations/cache.js'),
    import('../../servers/cache/cache.js'),
  ])
  return new Cache(cachePlace(config, io.env).dir)
}

function spanOf(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new SkyflyError('usage', `--older-than ${text} is not a length of time`, {
    hint: 'write 30d, 12h or 90m',
  })
}
