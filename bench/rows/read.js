// How fast a large log is searched, and in how much memory.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { atMost, times } from '../goals.js'
import { memoryOf } from '../proc.js'
import { sideBySide } from '../side-by-side.js'

const FILE_BYTES = 10 * 1024 * 1024
/** Each file of the log holds the records of one hour. */
const FILE_MS = 3_600_000
const NEEDLE = '7654321'

export const read = {
  name: 'read',
  about: '`skyfly logs` over 1 GB of rotated, gzipped log',
  async measure(workplace) {
    const files = workplace.quick ? 10 : 100
    const { cwd, run } = workplace.newProject()
    const { since, isFound } = writeLog(join(cwd, 'logs'), files)
    let peakMb = 0
    const search = (...args) => {
      return async () => {
        const { ms, stdout } = await run(['logs', '--json', ...args], {
          onSpawn: child => {
            const timer = setInterval(() => {
              peakMb = Math.max(peakMb, peakOf(child.pid))
            }, 20)
            child.once('exit', () => clearInterval(timer))
          },
        })
        if (!isFound(stdout)) throw new Error(`not found by skyfly logs ${args.join(' ')}`)
        return ms / 1000
      }
    }
    const zcat = async () => {
      const command = `zcat -f logs/dragonfly.log* | grep ${NEEDLE}`
      return (await workplace.run('sh', ['-c', command], { cwd })).ms / 1000
    }
    const medians = await sideBySide(
      {
        grep: search('--grep', NEEDLE),
        since: search('--since', since, '--grep', NEEDLE),
        'zcat, grep': zcat,
      },
      workplace.rounds(5),
    )
    const size = workplace.quick ? '100 MB' : '1 GB'
    const line = (flags, own) => ({
      what: `\`skyfly logs ${flags}\` over ${size} of rotated, gzipped log`,
      unit: 's',
      own,
      beside: { 'zcat, grep': medians['zcat, grep'] },
      goals: [times(1.5, 'zcat, grep')],
    })
    return [
      line('--grep', medians.grep),
      line('--since --grep', medians.since),
      { what: `its memory at most, over ${size}`, unit: 'MB', own: peakMb, beside: {}, goals: [atMost(100)] },
    ]
  },
}

function peakOf(pid) {
  try {
    return memoryOf(pid).peakMb || 0
  } catch {
    return 0 // it ended a moment ago
  }
}

/** @returns a moment within the oldest file, so that every file has to be read, and whether a search found its one record */
function writeLog(folder, files) {
  mkdirSync(folder)
  const newestMs = Math.floor(Date.now() / 1000) * 1000
  const middle = Math.floor(files / 2)
  for (let age = files - 1; age >= 0; age--) {
    const endMs = newestMs - age * FILE_MS
    let text = age === middle ? record(endMs - FILE_MS + 1000, NEEDLE) : ''
    for (let number = 0; text.length < FILE_BYTES; number++)
      text += record(endMs - FILE_MS + 1000 + number, String(number).padStart(NEEDLE.length, '0'))
    const path = join(folder, age === 0 ? 'dragonfly.log' : `dragonfly.log.${age}.gz`)
    writeFileSync(path, age === 0 ? text : gzipSync(text))
    utimesSync(path, endMs / 1000, endMs / 1000)
  }
  return {
    since: new Date(newestMs - files * FILE_MS + 500).toISOString(),
    isFound: stdout => stdout.split('\n').length === 2,
  }
}

/** As skyfly writes it. */
function record(ms, number) {
  const time = new Date(ms).toISOString()
  return `{"time":"${time}","level":"info","source":"server","msg":"some ordinary message with text and a number ${number}","at":"dfly_main.cc:1104"}\n`
}
