// The one place that catches: from a command line to an exit code.
import { EXIT_CODES, plainError, SkyflyError } from '../errors.js'
import { tooFewDescriptors } from '../system/descriptor-limit.js'
import { VERSION } from '../version.js'
import { type Io, isColourful } from './io.js'

/** Answered before anything else is loaded, so that a program that asks for the version need not wait. */
const VERSION_FLAGS: ReadonlySet<string> = new Set(['--version', '-V'])

/**
 * Runs one command line.
 * @param argv without node and the script
 * @param io `process`, or something like it
 * @returns the exit code; see the table in the README
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  // A reader that leaves early, as `head` does, is not an error: the command goes on without it.
  let lost: NodeJS.ErrnoException | undefined
  const onLost = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost = error
  }
  for (const stream of [io.stdout, io.stderr]) stream.on('error', onLost)
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  try {
    if (own.length === 1 && VERSION_FLAGS.has(argv[0] ?? '')) {
      io.stdout.write(`${VERSION}\n`)
      return 0
    }
    if (wantsTrace(own, io)) (await import('./trace.js')).showTrace(argv, io)
    const session = { io, serverArgs: end === -1 ? [] : argv.slice(end + 1), exitCode: 0 }
    const { program } = await import('./program.js')
    await (await program(session, own)).parseAsync(own, { from: 'user' })
    // A write that fails, on a full disk for example, is reported a moment later.
    await new Promise(resolve => setImmediate(resolve))
    if (lost !== undefined) throw new SkyflyError('output', `cannot write the output: ${lost.message}`)
    return session.exitCode
  } catch (error) {
    // Commander has printed its message already, or it was --help or --version.
    if (isFromCommander(error)) {
      if (error.exitCode === 0) return 0
      if (own.includes('--json'))
        printJson(io, new SkyflyError('usage', error.message.replace(/^error: /, '')))
      return EXIT_CODES.usage
    }
    const isForeseen = error instanceof SkyflyError && error.code !== 'bug'
    const shortage = isForeseen ? undefined : tooFewDescriptors(error)
    if (own.includes('--json')) printJson(io, shortage ?? error)
    if (shortage !== undefined) {
      // Nothing more can be loaded.
      io.stderr.write(`skyfly: ${shortage.message}\nhint: ${shortage.hint}\n`)
      return EXIT_CODES[shortage.code]
    }
    const { renderError } = await import('./text/error.js')
    io.stderr.write(renderError(error, { colour: isColourful(io.stderr, io.env) }))
    return error instanceof SkyflyError ? EXIT_CODES[error.code] : EXIT_CODES.bug
  }
}

/** For whoever reads standard output: one line, since `logs --json` prints a record a line. */
function printJson({ stdout }: Io, error: unknown): void {
  stdout.write(`${JSON.stringify({ error: plainError(error) })}\n`)
}

/** `--verbose`, or SKYFLY_DEBUG with anything that does not mean "no". */
function wantsTrace(own: readonly string[], { env }: Io): boolean {
  return own.includes('--verbose') || !['', '0', 'false', 'no'].includes(env.SKYFLY_DEBUG ?? '')
}

function isFromCommander(error: unknown): error is Error & { readonly exitCode: number } {
  return (
    error instanceof Error &&
    'exitCode' in error &&
    'code' in error &&
    String(error.code).startsWith('commander.')
  )
}
