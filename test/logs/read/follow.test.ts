import {
  appendFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FollowOptions, followLog } from '../../../src/logs/read/follow.js'
import { numbered, numberedMessages, temporaryFolder, testLog, until } from '../folder.js'
import { startWriter } from '../write/writer.js'

/** A reader that follows in the background; `pause` makes it look away until the promise is settled. */
function startFollowing(options: Omit<FollowOptions, 'signal'>) {
  const abort = new AbortController()
  const seen: string[] = []
  let pause: Promise<void> = Promise.resolve()
  const done = (async () => {
    for await (const matches of followLog({ ...options, signal: abort.signal })) {
      seen.push(...matches.map(({ line, record }) => record?.msg ?? line))
      await pause
    }
  })()
  onTestFinished(() => abort.abort())
  const lookAway = () => {
    const { promise, resolve } = withResolvers()
    pause = promise
    return resolve
  }
  return { seen, done, abort: () => abort.abort(), lookAway }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('following a log', () => {
  it('gives what is there and what comes, and ends at the signal', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file })
    log.write('stdout', numbered(0, 3))
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 3)
    log.write('stdout', numbered(3, 5))
    await until(() => reader.seen.length === 5)
    reader.abort()
    await reader.done
    expect(reader.seen).toEqual(numberedMessages(0, 5))
  })

  it('limits only what is there, and filters both', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file })
    log.write('stdout', numbered(0, 30))
    const reader = startFollowing({ file, lines: 2, grep: /[05]$/ })
    await until(() => reader.seen.length === 2)
    log.write('stdout', numbered(30, 50))
    await until(() => reader.seen.length === 6)
    expect(reader.seen).toEqual(['line 20', 'line 25', 'line 30', 'line 35', 'line 40', 'line 45'])
  })

  it('waits for a line to be whole', async () => {
    const file = join(temporaryFolder(), 'a.log')
    writeFileSync(file, 'one\ntw')
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 1)
    appendFileSync(file, 'o\nthr')
    await until(() => reader.seen.length === 2)
    appendFileSync(file, 'ee\n')
    await until(() => reader.seen.length === 3)
    expect(reader.seen).toEqual(['one', 'two', 'three'])
  })

  it('loses and doubles nothing over hundreds of rotations by another process', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const writer = startWriter({ file, maxBytes: 8_000, maxFiles: 400 })
    await writer.write(0, 100)
    const reader = startFollowing({ file })
    await writer.write(100, 20_000)
    await until(() => reader.seen.length >= 20_000)
    await writer.end()
    expect(reader.seen).toEqual(numberedMessages(0, 20_000))
  })

  it.each([
    ['and not yet compressed', false],
    ['and compressed', true],
  ])('catches up with files that were rotated %s while it looked away', async (_, isCompressed) => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file, maxBytes: 4_000, maxFiles: 50 })
    log.write('stdout', numbered(0, 10))
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 10)
    const lookAgain = reader.lookAway()
    log.write('stdout', numbered(10, 11))
    await until(() => reader.seen.length === 11)
    log.write('stdout', numbered(11, 500))
    if (isCompressed) await until(() => existsSync(`${file}.2.gz`) && !existsSync(`${file}.2`))
    lookAgain()
    await until(() => reader.seen.length >= 500)
    log.write('stdout', numbered(500, 600))
    await until(() => reader.seen.length >= 600)
    expect(reader.seen).toEqual(numberedMessages(0, 600))
  })

  it('goes on with what is left when its file was deleted by rotation meanwhile', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file, maxBytes: 4_000, maxFiles: 3 })
    log.write('stdout', numbered(0, 10))
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 10)
    const lookAgain = reader.lookAway()
    log.write('stdout', numbered(10, 11))
    await until(() => reader.seen.length === 11)
    log.write('stdout', numbered(11, 1000))
    lookAgain()
    await until(() => reader.seen.at(-1) === 'line 999')
    // Its own file to the end, then a gap that nobody can fill, then all files there are.
    const gap = reader.seen.findIndex((msg, index) => msg !== `line ${index}`)
    expect(gap).toBeGreaterThan(11)
    expect(reader.seen.slice(gap)).toEqual(numberedMessages(1000 - (reader.seen.length - gap), 1000))
  })

  it('does not repeat older files when the current one is deleted by hand and begins anew', async () => {
    const file = join(temporaryFolder(), 'a.log')
    const log = testLog({ file, maxBytes: 4_000 })
    log.write('stdout', numbered(0, 100))
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 100)
    // Files of the same moment could be newer ones as well, so they would be read: better twice than never.
    utimesSync(`${file}.1`, 1, 1)
    rmSync(file)
    log.write('stdout', numbered(100, 110))
    await until(() => reader.seen.length >= 110)
    expect(reader.seen).toEqual(numberedMessages(0, 110))
  })

  it('begins at the start of a file that was emptied by hand', async () => {
    const file = join(temporaryFolder(), 'a.log')
    writeFileSync(file, 'one\ntwo\n')
    const reader = startFollowing({ file })
    await until(() => reader.seen.length === 2)
    truncateSync(file)
    appendFileSync(file, 'new\n')
    await until(() => reader.seen.length === 3)
    expect(reader.seen).toEqual(['one', 'two', 'new'])
  })

  it('waits for a log that is not there yet, not even its folder', async () => {
    const file = join(temporaryFolder(), 'new', 'a.log')
    const reader = startFollowing({ file })
    mkdirSync(dirname(file))
    writeFileSync(file, 'one\n')
    await until(() => reader.seen.length === 1)
    reader.abort()
    await reader.done
  })

  it('ends at once when the signal came before', async () => {
    const file = join(temporaryFolder(), 'a.log')
    writeFileSync(file, 'one\n')
    const seen: unknown[] = []
    for await (const matches of followLog({ file, signal: AbortSignal.abort() })) seen.push(matches)
    expect(seen).toEqual([])
  })
})
