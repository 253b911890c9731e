import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConsole } from '../../../src/logs/write/console.js'
import { isWindows, itOnPosix } from '../../system.js'
import { temporaryFolder, until } from '../folder.js'

const PRINTER = fileURLToPath(new URL('printer.mjs', import.meta.url))
const hasScript = spawnSync('sh', ['-c', 'script --version']).status === 0
/** More than any pipe or socket holds. */
const MANY_LINES = 300_000

const printer = (options: object) =>
  [process.execPath, PRINTER, JSON.stringify({ flushMs: 0, ...options })] as const

function ended(child: ChildProcess): Promise<[code: number | null, stderr: string]> {
  onTestFinished(() => void child.kill('SIGKILL'))
  if (child.stderr === null) throw new Error('stderr is no pipe')
  return Promise.all([once(child, 'exit').then(([code]) => code as number | null), text(child.stderr)])
}

interface NamedPipe {
  /** For the process that prints: reading and writing, so that the pipe is never without a reader. */
  readonly output: number
  /** For the test. An opening of its own, because spawn makes the one it hands on block. */
  readonly input: number
}

function namedPipe(): NamedPipe {
  const path = join(temporaryFolder(), 'pipe')
  spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', path])
  const output = openSync(path, constants.O_RDWR)
  const input = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  onTestFinished(() => [output, input].forEach(fd => void closeSync(fd)))
  return { output, input }
}

function readAvailable(fd: number): string {
  const parts: Buffer[] = []
  for (;;) {
    const part = Buffer.alloc(65_536)
    try {
      parts.push(part.subarray(0, readSync(fd, part)))
    } catch {
      return String(Buffer.concat(parts)) // EAGAIN: empty for now
    }
  }
}

/** Checks that every line was shown or counted in its place. @returns How many were counted. */
function countDropped(shown: string): number {
  let next = 0
  let dropped = 0
  for (const line of shown.split('\n').slice(0, -1)) {
    const [, count] =
      /^\[[\d: -]+\] skyfly: (\d+) lines not shown, the console was too slow \(they are in a\.log\)$/.exec(
        line,
      ) ?? []
    if (count === undefined) {
      // A hundred times faster than to expect it of every line.
      if (line !== `line ${next}`) expect(line).toBe(`line ${next}`)
      next++
    } else {
      next += Number(count)
      dropped += Number(count)
    }
  }
  expect(next).toBe(MANY_LINES)
  return dropped
}

describe('a console that nobody reads', () => {
  const kinds: readonly [string, boolean, () => ChildProcess][] = [
    [
      'a pipe',
      !isWindows,
      () => {
        const [node, ...args] = printer({ lines: MANY_LINES })
        return spawn(node, args, { stdio: ['ignore', namedPipe().output, 'pipe'] })
      },
    ],
    [
      'a socket',
      // A process waits there for what was written to a pipe.
      !isWindows,
      () => {
        const [node, ...args] = printer({ lines: MANY_LINES })
        return spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      },
    ],
    [
      'a terminal',
      hasScript && !isWindows,
      () => {
        const command = printer({ lines: MANY_LINES })
          .map(word => `'${word}'`)
          .join(' ')
        // The report goes around the terminal, whose reader is stuck as well.
        return spawn('sh', ['-c', 'exec script -qfec "$1" /dev/null', 'sh', `${command} 2>&3`], {
          stdio: ['pipe', namedPipe().output, 'ignore', 'pipe'],
        })
      },
    ],
  ]
  for (const [kind, isPossible, start] of kinds)
    it.skipIf(!isPossible)(
      `blocks nothing and keeps no process alive: ${kind} (POSIX; a terminal needs \`script\`)`,
      async () => {
        const child = start()
        const exited = once(child, 'exit')
        const report = child.stdio[3] ?? child.stderr
        let told = ''
        report?.on('data', data => {
          told += data
        })
        onTestFinished(() => void child.kill('SIGKILL'))
        await until(() => /^printed \d+\nclosed \d+\n$/.test(told))
        if (kind !== 'a terminal') expect(await exited).toEqual([0, null])
      },
    )
})

describe('a console whose reader is slow', () => {
  itOnPosix('Windows has no fifo')('shows or counts every line, each gap in its place', async () => {
    const { input, output } = namedPipe()
    const [node, ...args] = printer({ lines: MANY_LINES, maxQueueBytes: 100_000, flushMs: 20_000 })
    const child = spawn(node, args, { stdio: ['ignore', output, 'pipe'] })
    const end = ended(child)
    await once(child.stderr as NodeJS.ReadableStream, 'data')
    let shown = ''
    await until(() => {
      shown += readAvailable(input)
      return child.exitCode !== null
    })
    shown += readAvailable(input)
    expect((await end)[0]).toBe(0)
    expect(countDropped(shown)).toBeGreaterThan(0)
  })

  itOnPosix('Windows has no fifo')('is waited for at the end, but not longer than agreed', async () => {
    const { output } = namedPipe()
    const [node, ...args] = printer({ lines: MANY_LINES, flushMs: 300 })
    const [code, told] = await ended(spawn(node, args, { stdio: ['ignore', output, 'pipe'] }))
    const [, printed, closed] = /^printed (\d+)\nclosed (\d+)\n$/.exec(told) ?? []
    expect(code).toBe(0)
    expect(Number(closed) - Number(printed)).toBeGreaterThanOrEqual(299)
  })
})

describe('a console', () => {
  itOnPosix('Windows has no sh')('that is a file gets everything, after what is there', async () => {
    const path = join(temporaryFolder(), 'out')
    const fd = openSync(path, 'w')
    const [node, ...args] = printer({ lines: MANY_LINES })
    const command = ['-c', 'echo first; "$@"', 'sh', node, ...args]
    await ended(spawn('sh', command, { stdio: ['ignore', fd, 'pipe'] }))
    closeSync(fd)
    const content = readFileSync(path, 'utf8')
    expect(content.startsWith('first\n')).toBe(true)
    expect(countDropped(content.slice('first\n'.length))).toBe(0)
  })

  itOnPosix('Windows has no sh')('that is read all the time shows everything', async () => {
    const [node, ...args] = printer({ lines: MANY_LINES, maxQueueBytes: 100_000_000, flushMs: 20_000 })
    const child = spawn('sh', ['-c', '"$@" | cat', 'sh', node, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [shown] = await Promise.all([text(child.stdout as NodeJS.ReadableStream), ended(child)])
    expect(countDropped(shown)).toBe(0)
  })

  itOnPosix('Windows has no sh')('whose reader has gone is no error', async () => {
    const [node, ...args] = printer({ lines: MANY_LINES, flushMs: 20_000 })
    const [, told] = await ended(
      spawn('sh', ['-c', '"$@" | true', 'sh', node, ...args], { stdio: ['ignore', 'ignore', 'pipe'] }),
    )
    expect(told).toMatch(/^printed \d+\nclosed \d+\n$/)
  })

  it('without such a descriptor uses the stream, within the same limit', async () => {
    const stream = new PassThrough({ highWaterMark: 1000 })
    const console = openConsole({ fd: -1, stream, colour: false, logFile: 'a.log', maxQueueBytes: 10_000 })
    const batch = (from: number) =>
      Array.from({ length: 100 }, (_, index) => `line ${from + index}\n`).join('')
    for (let from = 0; from < MANY_LINES; from += 100) console.write(batch(from))
    expect(stream.readableLength + stream.writableLength).toBeLessThan(10_000)
    const shown = text(stream)
    await console.flush(20_000)
    console.close()
    stream.end()
    expect(countDropped(await shown)).toBeGreaterThan(0)
  })

  it('whose stream has failed is no error either', async () => {
    const stream = new PassThrough()
    const console = openConsole({ fd: -1, stream, colour: false, logFile: 'a.log' })
    stream.destroy(new Error('EPIPE'))
    await new Promise(resolve => stream.once('close', resolve))
    console.write('line 0\n')
    await console.flush(20_000)
    console.close()
  })
})
