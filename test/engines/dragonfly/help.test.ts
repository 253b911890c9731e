// What a Dragonfly of somebody's own says of its flags, asked as a real program.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dragonfly } from '../../../src/engines/dragonfly/dragonfly.js'
import { probe } from '../../../src/servers/program/probe.js'
import { launch } from '../launch.js'

// A program for a test is a shell script, which Windows does not start.
describe.skipIf(process.platform === 'win32')('a Dragonfly', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'skyfly-help-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true })
  })

  it.each([
    [
      'that answers --helpfull is not asked again',
      'case "$1" in --version) echo "dragonfly v0.9.0";; --helpfull) echo "  --log-level LEVEL";; *) echo "  --cli";; esac',
      ['--bind=127.0.0.1', '--port=7001', '--log-level', 'debug', '--dir', '/project/data/dragonfly'],
    ],
    [
      'that refuses --helpfull is asked for --help',
      'case "$1" in --version) echo "dragonfly v0.9.0";; --help) printf "  --cli\\n  --log-level LEVEL\\n";; *) echo "unknown $1" >&2; exit 2;; esac',
      [
        ...['--bind=127.0.0.1', '--port=7001', '--log-level', 'debug', '--dir', '/project/data/dragonfly'],
        '--cli',
      ],
    ],
    [
      'without any help gets what every Dragonfly has had',
      'case "$1" in --version) echo "dragonfly v0.9.0";; *) exit 1;; esac',
      ['--bind=127.0.0.1', '--port=7001', '--dir=/project/data/dragonfly'],
    ],
  ])('%s', async (_, script, expected) => {
    const path = join(dir, 'dragonfly')
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    const { env, platform } = process
    const { engine, version, flags } = await probe({ path, likely: 'dragonfly', env, platform })
    expect([engine, version]).toEqual(['dragonfly', '0.9.0'])
    const input = launch({ config: { logLevel: 'debug' }, binary: { flags } })
    expect(dragonfly.args(input)).toEqual(expected)
  })
})
