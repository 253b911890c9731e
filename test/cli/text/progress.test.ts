import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.js'
import { showInstall, type ViewOptions } from '../../../src/cli/text/progress.js'
import { type Progress, renderProgressLine, renderProgressText } from '../../../src/cli/text/progress-line.js'
import type { InstallEvent } from '../../../src/servers/install/events.js'

const MB = 1024 ** 2
const WHAT = 'dragonfly 1.40.1'

const progress = (more: Partial<Progress> = {}): Progress => ({
  what: WHAT,
  receivedBytes: 12.3 * MB,
  totalBytes: 27.1 * MB,
  bytesPerSecond: 5.2 * MB,
  ...more,
})

describe('the line on a terminal', () => {
  it.each([
    [100, {}, 'dragonfly 1.40.1  [============>               ] 45 %  12.3/27.1 MB  5.2 MB/s  3 s left'],
    [80, {}, 'dragonfly 1.40.1  [===>    ] 45 %  12.3/27.1 MB  5.2 MB/s  3 s left'],
    [79, {}, 'dragonfly 1.40.1  45 %  12.3/27.1 MB  5.2 MB/s  3 s left'],
    [58, {}, 'dragonfly 1.40.1  45 %  12.3/27.1 MB  5.2 MB/s  3 s left'],
    [56, {}, '45 %  dragonfly 1.40.1'],
    [20, {}, '45 %  dragonfly 1.4'],
    [3, {}, '45'],
    [30, { totalBytes: undefined }, '12.3 MB  dragonfly 1.40.1'],
    [0, {}, ''],
    [40, { totalBytes: undefined }, 'dragonfly 1.40.1  12.3 MB  5.2 MB/s'],
    [100, { totalBytes: undefined }, 'dragonfly 1.40.1  12.3 MB  5.2 MB/s'],
    [60, { bytesPerSecond: undefined }, 'dragonfly 1.40.1  45 %  12.3/27.1 MB'],
    [60, { bytesPerSecond: 0 }, 'dragonfly 1.40.1  45 %  12.3/27.1 MB  0 bytes/s'],
    [60, { bytesPerSecond: 100 }, 'dragonfly 1.40.1  45 %  12.3/27.1 MB  100 bytes/s'],
    [70, { bytesPerSecond: 100_000 }, 'dragonfly 1.40.1  45 %  12.3/27.1 MB  97.7 KB/s  2 min 36 s left'],
    [60, { receivedBytes: 0 }, 'dragonfly 1.40.1  0 %  0.0/27.1 MB  5.2 MB/s  6 s left'],
    [60, { receivedBytes: 27.09 * MB }, 'dragonfly 1.40.1  99 %  27.1/27.1 MB  5.2 MB/s  1 s left'],
    [60, { receivedBytes: 30 * MB }, 'dragonfly 1.40.1  100 %  30.0/27.1 MB  5.2 MB/s  0 s left'],
    [60, { totalBytes: 0, receivedBytes: 0 }, 'dragonfly 1.40.1  0.0 MB  5.2 MB/s'],
  ])('of %i columns with %j is: %s', (columns, more, line) => {
    expect(renderProgressLine(progress(more), columns)).toBe(line)
  })

  it('is never as wide as the terminal', () => {
    for (let columns = 1; columns <= 200; columns += 1)
      for (const receivedBytes of [0, 1, 13 * MB, 27.1 * MB, 900 * MB])
        for (const bytesPerSecond of [undefined, 1, 1_023.9 * 1024, 80_000 * MB])
          for (const totalBytes of [undefined, 27.1 * MB, 900 * MB])
            expect(
              renderProgressLine(progress({ receivedBytes, bytesPerSecond, totalBytes }), columns).length,
            ).toBeLessThan(columns)
  })

  it('has a bar that keeps its width from the first byte to the last', () => {
    const widths = [0, 1, 13, 27.1].map(
      received =>
        /\[.*\]/.exec(renderProgressLine(progress({ receivedBytes: received * MB }), 100))?.[0].length,
    )
    expect(new Set(widths)).toEqual(new Set([30]))
    expect(renderProgressLine(progress({ receivedBytes: 27.1 * MB }), 100)).toContain(`[${'='.repeat(28)}]`)
  })
})

describe('the line in a file', () => {
  it.each([
    [{}, 'dragonfly 1.40.1: 45 %, 12.3 of 27.1 MB, 5.2 MB/s, 3 s left'],
    [{ totalBytes: undefined }, 'dragonfly 1.40.1: 12.3 MB, 5.2 MB/s'],
    [{ bytesPerSecond: undefined }, 'dragonfly 1.40.1: 45 %, 12.3 of 27.1 MB'],
  ])('with %j is: %s', (more, line) => {
    expect(renderProgressText(progress(more))).toBe(line)
  })
})

/** Standard error of a command line, and what a person sees of it. */
class Screen {
  readonly stderr = new PassThrough() as unknown as WriteStream
  readonly #writes: string[] = []

  constructor(terminal: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    Object.assign(this.stderr, terminal)
    this.stderr.on('data', data => this.#writes.push(String(data)))
  }

  get writes(): number {
    return this.#writes.length
  }

  get text(): string {
    return this.#writes.join('')
  }

  /** As a terminal shows it: a line feed, and the two things that it is told beside text. */
  get lines(): readonly string[] {
    return this.text.split('\n').map(line => {
      let shown = ''
      let cursor = 0
      for (const [part] of line.matchAll(/\r|\u001b\[K|[^\r\u001b]+/g)) {
        if (part === '\r') cursor = 0
        else if (part.startsWith('\u001b')) shown = shown.slice(0, cursor)
        else {
          shown = shown.slice(0, cursor) + part + shown.slice(cursor + part.length)
          cursor += part.length
        }
      }
      return shown
    })
  }
}

const downloading = (receivedMb: number, totalMb: number | null = 27.1): InstallEvent => ({
  kind: 'downloading',
  what: WHAT,
  from: 'github.com',
  receivedBytes: receivedMb * MB,
  totalBytes: totalMb === null ? undefined : totalMb * MB,
})
const INSTALLED: InstallEvent = {
  kind: 'installed',
  what: WHAT,
  path: '/c/d',
  bytes: 27.1 * MB,
  tookMs: 5_200,
}

/** Events with the seconds at which they come. */
type Told = readonly (readonly [second: number, event: InstallEvent])[]

function show(
  screen: Screen,
  told: Told,
  { env = {}, ...options }: ViewOptions & { readonly env?: NodeJS.ProcessEnv } = {},
) {
  const clock = { ms: 0 }
  const io: Io = { stdout: screen.stderr, stderr: screen.stderr, env, cwd: () => '/' }
  const view = showInstall(io, { now: () => clock.ms, ...options })
  for (const [second, event] of told) {
    clock.ms = second * 1_000
    view.onEvent(event)
  }
  return view
}

const TERMINAL = { isTTY: true, columns: 60 }

describe('an installation on a terminal', () => {
  it('is one line that moves', () => {
    const screen = new Screen(TERMINAL)
    show(screen, [
      [0, downloading(0)],
      [1, downloading(5)],
      [2, downloading(10)],
    ])
    expect(screen.lines).toEqual(['dragonfly 1.40.1  36 %  10.0/27.1 MB  5 MB/s  4 s left'])
  })

  it('leaves one line that says what is where', () => {
    const screen = new Screen(TERMINAL)
    const view = show(screen, [
      [0, { kind: 'begin', what: WHAT }],
      [0, downloading(0)],
      [5, downloading(27.1)],
      [5, { kind: 'unpacking', what: WHAT }],
      [5.2, INSTALLED],
      [5.2, { kind: 'end', what: WHAT }],
    ])
    view.done()
    expect(screen.lines).toEqual(['installed dragonfly 1.40.1 (27.1 MB in 5.2 s): /c/d', ''])
  })

  it('leaves a clean line to the error when it fails', () => {
    const screen = new Screen(TERMINAL)
    const view = show(screen, [[0, downloading(3)]])
    expect(screen.lines).not.toEqual([''])
    view.done()
    expect(screen.lines).toEqual([''])
    const { writes } = screen
    view.done()
    expect(screen.writes).toBe(writes)
  })

  it('is drawn ten times a second at most', () => {
    const screen = new Screen(TERMINAL)
    show(
      screen,
      Array.from({ length: 1_000 }, (_, chunk) => [chunk / 1_000, downloading(chunk / 100)] as const),
    )
    expect(screen.writes).toBe(10)
  })

  it('tells how fast it is now, not how fast it was', () => {
    const screen = new Screen({ ...TERMINAL, columns: 70 })
    const slow = Array.from({ length: 20 }, (_, second) => [second, downloading(second)] as const)
    const fast = Array.from(
      { length: 6 },
      (_, second) => [20 + second, downloading(20 + 10 * second, 100)] as const,
    )
    show(screen, [...slow, ...fast])
    expect(screen.lines.at(-1)).toContain('10 MB/s')
  })

  it('shows no speed from before a break', () => {
    const screen = new Screen(TERMINAL)
    show(screen, [
      [0, downloading(0)],
      [2, downloading(10)],
      [2, { kind: 'retrying', reason: 'github.com closed the connection', inMs: 1_000 }],
      [60, downloading(11)],
    ])
    expect(screen.lines).toEqual([
      'github.com closed the connection; trying again in 1 s',
      'dragonfly 1.40.1  40 %  11.0/27.1 MB',
    ])
  })

  it('counts anew when the transfer had to begin again', () => {
    const screen = new Screen(TERMINAL)
    show(screen, [
      [0, downloading(0)],
      [2, downloading(20)],
      [3, downloading(1)],
      [4, downloading(2)],
    ])
    expect(screen.lines).toEqual(['dragonfly 1.40.1  7 %  2.0/27.1 MB  1 MB/s  26 s left'])
  })

  it('fits a terminal that does not tell its width', () => {
    const screen = new Screen({ isTTY: true, columns: 0 })
    show(screen, [[0, downloading(1)]])
    expect(screen.lines).toEqual(['dragonfly 1.40.1  [>       ] 3 %  1.0/27.1 MB'])
  })
})

describe('an installation without anybody who watches', () => {
  const slowly = Array.from({ length: 120 }, (_, tenths) => [tenths / 10, downloading(tenths / 10)] as const)
  const LINES = [
    'downloading dragonfly 1.40.1 from github.com (27.1 MB)',
    'dragonfly 1.40.1: 18 %, 5.0 of 27.1 MB, 1 MB/s, 23 s left',
    'dragonfly 1.40.1: 36 %, 10.0 of 27.1 MB, 1 MB/s, 18 s left',
    '',
  ]

  it.each([
    ['without a terminal', {}, {}],
    ['in CI', TERMINAL, { CI: 'true' }],
    ['on a terminal that cannot move its cursor', TERMINAL, { TERM: 'dumb' }],
  ])('is a line every five seconds %s', (_, terminal, env) => {
    const screen = new Screen(terminal)
    const view = show(screen, slowly, { env })
    view.done()
    expect(screen.text.split('\n')).toEqual(LINES)
  })

  it.each(['', 'false', '0'])('moves all the same on a terminal with CI=%j', CI => {
    const screen = new Screen(TERMINAL)
    show(screen, slowly, { env: { CI } })
    expect(screen.lines).toHaveLength(1)
  })

  it('begins once, though the transfer breaks', () => {
    const screen = new Screen()
    show(screen, [
      [0, downloading(0, null)],
      [1, { kind: 'retrying', reason: 'it broke', inMs: 500 }],
      [2, downloading(0, null)],
    ])
    expect(screen.lines).toEqual([
      'downloading dragonfly 1.40.1 from github.com',
      'it broke; trying again in 500 ms',
      '',
    ])
  })
})

describe('what is told besides', () => {
  it.each<[InstallEvent, string]>([
    [
      { kind: 'waiting', what: WHAT, holder: 'skyfly (pid 4711, since 10:31:05)' },
      'waiting for skyfly (pid 4711, since 10:31:05), which installs dragonfly 1.40.1',
    ],
    [{ kind: 'note', text: 'no known checksum for it' }, 'no known checksum for it'],
    [{ kind: 'retrying', reason: 'x\u001b[2J\r\ny', inMs: 1_000 }, 'x y; trying again in 1 s'],
  ])('of %j is: %s', (event, line) => {
    for (const screen of [new Screen(), new Screen(TERMINAL)]) {
      show(screen, [[0, event]])
      expect(screen.text).toBe(`${line}\n`)
    }
  })

  it('is only what has to be known, if it is to be quiet', () => {
    const screen = new Screen(TERMINAL)
    const view = show(
      screen,
      [
        [0, downloading(0)],
        [1, { kind: 'retrying', reason: 'it broke', inMs: 500 }],
        [2, { kind: 'waiting', what: WHAT, holder: 'skyfly' }],
        [3, { kind: 'note', text: 'no known checksum for it' }],
        [4, INSTALLED],
      ],
      { quiet: true },
    )
    view.done()
    expect(screen.text).toBe('no known checksum for it\n')
  })
})
