// The surroundings of a command line: streams, environment and working folder.
import type { WriteStream } from 'node:tty'
import { SkyflyError } from '../errors.js'

/** The part of `process` that the command line uses. */
export interface Io {
  readonly stdout: WriteStream
  readonly stderr: WriteStream
  readonly env: NodeJS.ProcessEnv
  readonly cwd: () => string
}

/** @throws SkyflyError `usage` when the working folder was removed */
export function workingFolder(io: Io): string {
  try {
    return io.cwd()
  } catch (cause) {
    throw new SkyflyError('usage', 'the working folder does not exist any more', {
      hint: 'change to a folder that exists',
      cause,
    })
  }
}

/** Whether a stream shows colours: it is a terminal that can, and NO_COLOR is not set. */
export function isColourful(stream: WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' && stream.hasColors(env)
}

/**
 * The width of a terminal in characters; undefined if the stream is none, or if it does not say, which some
 * do by 0.
 */
export function columnsOf(stream: WriteStream): number | undefined {
  return stream.columns || undefined
}
