// `skyfly test`: which server is checked, how the result is shown, and which exit code it has.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { cannotWrite } from '../../system/cannot-write.js'
import { type Command, JSON_OPTION, OF_INSTANCE } from '../command.js'
import { columnsOf, isColourful, workingFolder } from '../io.js'
import { type JsonOption, print, type Session } from '../session.js'
import { Interruption } from '../signals.js'

interface Options extends JsonOption {
  readonly url?: string
  readonly samples?: string
  readonly strict?: boolean
  readonly junit?: string
}

export const test: Command = {
  ...OF_INSTANCE,
  options: [
    ['--url <URL>', 'a redis:// or rediss:// server instead of the instance'],
    ['--samples <N>', 'measurements of each row (default 20)'],
    ['--strict', 'a slow row fails the check too'],
    ['--junit <FILE>', 'also write the result as JUnit XML'],
    JSON_OPTION,
  ],
  run,
}

async function run(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const samples = samplesOf(options.samples ?? '20')
  const url = options.url ?? (await (await import('../../operations/status.js')).clientUrl(config))
  const result = await tested({ url, samples, strict: options.strict === true })
  const { renderSmokeTest } = await import('../text/smoke-test.js')
  const terminal = { columns: columnsOf(io.stdout) ?? 80, color: isColourful(io.stdout, io.env) }
  await print(session, options, { json: result, text: () => renderSmokeTest(result, terminal) })
  if (options.junit !== undefined) {
    const { junit } = await import('../../smoke/junit.js')
    writeReport(resolve(workingFolder(io), options.junit), junit(result))
  }
  if (!result.ok) session.exitCode = EXIT_CODES['check-failed']
}

/** A signal ends the checks early; the keys they wrote are removed all the same. */
async function tested(request: { url: string; samples: number; strict: boolean }) {
  const { smokeTest } = await import('../../smoke/smoke-test.js')
  const interruption = new Interruption(() => new SkyflyError('check-failed', 'interrupted'))
  interruption.on()
  try {
    return await smokeTest({ ...request, signal: interruption.signal })
  } finally {
    interruption.off()
  }
}

function samplesOf(text: string): number {
  const samples = Number(text)
  if (Number.isInteger(samples) && samples >= 1 && samples <= 100_000) return samples
  throw new SkyflyError('usage', `--samples ${text} is not a number from 1 to 100000`, {
    hint: 'the default is 20',
  })
}

function writeReport(file: string, xml: string): void {
  try {
    writeFileSync(file, xml)
  } catch (cause) {
    throw cannotWrite(cause, {
      code: 'usage',
      what: `the report ${file} (from --junit)`,
      hint: 'name a file in a folder that exists',
    })
  }
}
