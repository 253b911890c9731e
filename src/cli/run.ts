// The one place that catches: from a command line to an exit code.
import { CommanderError } from 'commander'
import { EXIT_CODES, SkyflyError } from '../errors.js'
import { type Io, isColourful } from './io.js'
import { program } from './program.js'

/**
 * Runs one command line.
 * @param argv without node and the script
 * @param io `process`, or something like it
 * @returns the exit code; see the table in the README
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  // A reader that left, as `head` does, is no error: the work goes on without it.
  for (const stream of [io.stdout, io.stderr]) stream.on('error', ignoreBrokenPipe)
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  try {
    const session = { io, serverArgs: end === -1 ? [] : argv.slice(end + 1), exitCode: 0 }
    await (await program(session, own)).parseAsync(own, { from: 'user' })
    return session.exitCode
  } catch (error) {
    // Commander has printed its message already, or it was --help or --version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage
    const { renderError } = await import('./render-error.js')
    io.stderr.write(renderError(error, { colour: isColourful(io.stderr, io.env) }))
    return error instanceof SkyflyError ? EXIT_CODES[error.code] : EXIT_CODES.bug
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
