import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../project.js'

/** The words that start skyfly of the Windows copy under Wine, for a shell. */
const SKYFLY = process.env.SKYFLY_TEST_CONSOLE ?? ''
const DRAGONFLY = `${process.env.SKYFLY_TEST_NATIVE}\\dragonfly.exe`
const CTRL_C = '\x03'

/** A Windows program in a console: `script` gives it a terminal of Linux, and Wine makes a console of that. */
function inConsole(command: string, cwd: string) {
  // Wide enough for every line: Wine breaks them as a console does.
  const line = `stty rows 50 cols 500; exec ${command}`
  const child = spawn('script', ['-qefc', line, '/dev/null'], { cwd, env: { ...process.env, TERM: 'xterm' } })
  const screen = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      screen.text += chunk.toString()
    })
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  return { screen, exited, type: (keys: string) => child.stdin.write(keys) }
}

describe.each([
  { engine: 'embedded', server: '--engine embedded' },
  { engine: 'dragonfly', server: `--engine dragonfly --binary '${DRAGONFLY}'` },
])('$engine in a console of Windows', ({ engine, server }) => {
  it('stops gracefully by one Ctrl-C, with its data saved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyfly Prüfung '))
    try {
      const start = inConsole(`${SKYFLY} start --port auto ${server}`, folder)
      await until(() => start.screen.text.includes(' ready on '))
      start.type(CTRL_C)
      expect(await start.exited).toBe(0)
      expect(start.screen.text).toMatch(new RegExp(`stopped ${engine} .*; saved dump\\.rdb`))
      expect(start.screen.text).not.toContain('killed')
      expect(readFileSync(join(folder, 'data/dragonfly/dump.rdb'), 'latin1')).toMatch(/^REDIS\d{4}/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
