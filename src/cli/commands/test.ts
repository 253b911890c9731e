// `skyfly test` at the command line: which server is meant, how the result is shown, and what it is worth.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { EXIT_CODES, SkyflyError } from '../../errors.js'
import { clientUrl } from '../../operations/status.js'
import { smokeTest } from '../../smoke/smoke-test.js'
import { cannotWrite } from '../../system/cannot-write.js'
import { isColourful, workingFolder } from '../io.js'
import type { Session } from '../program.js'
import { renderTest } from '../text/smoke-test.js'

interface Options {
  readonly url?: string
  readonly samples?: string
  readonly strict?: boolean
  readonly json?: boolean
  readonly junit?: string
}

export async function test(session: Session, config: Config, options: Options): Promise<void> {
  const { io } = session
  const samples = samplesOf(options.samples ?? '20')
  const url = options.url ?? (await clientUrl(config))
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort(new SkyflyError('check-failed', 'interrupted'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  const result = await smokeTest({ url, samples, strict: options.strict === true, signal: interrupt.signal })
  const terminal = { columns: io.stdout.columns ?? 80, color: isColourful(io.stdout, io.env) }
  io.stdout.write(
    options.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderTest(result, terminal),
  )
  if (options.junit !== undefined) {
    const { junit } = await import('../../smoke/junit.js')
    writeReport(resolve(workingFolder(io), options.junit), junit(result))
  }
  if (!result.ok) session.exitCode = EXIT_CODES['check-failed']
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
