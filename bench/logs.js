// A million 105-byte lines from a process through the log: time and memory, beside multilog where it is installed.
// Usage: npm run build && node bench/logs.js [rounds]
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LINES = 1_000_000
const MAX_BYTES = 10 * 1024 * 1024
const MAX_FILES = 5
const DIST = new URL('../dist/', import.meta.url)

if (process.argv[2] === 'write') await writeLog(process.argv[3] ?? '', process.argv[4] ?? '')
else compare(Number(process.argv[2] ?? 5))

/** @param {number} rounds */
function compare(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'skyfly-bench-'))
  try {
    const source = join(folder, 'lines')
    writeLines(source)
    const rows = [
      { name: 'a plain pipe', run: () => pipeTo(source, 'cat > /dev/null') },
      {
        name: 'multilog',
        run: () => pipeTo(source, `multilog t s${MAX_BYTES} n${MAX_FILES} ${fresh(folder, 'multilog')}`),
      },
      { name: 'skyfly', run: () => skyfly(source, join(fresh(folder, 'skyfly'), 'dragonfly.log')) },
    ].filter(({ name }) => name !== 'multilog' || spawnSync('sh', ['-c', 'command -v multilog']).status === 0)
    // Side by side, round by round: the machine is not equally fast all the time.
    const results = Array.from({ length: rounds }, () => rows.map(row => row.run()))
    for (const [index, { name }] of rows.entries())
      report(
        name,
        results.map(round => round[index]),
      )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function report(name, results) {
  const by = key => results.map(result => result[key]).sort((a, b) => a - b)[Math.floor(results.length / 2)]
  const memory = by('rssMb')
    ? `, resident ${by('rssMb').toFixed(1)} MB after, ${by('peakMb').toFixed(1)} MB at most`
    : ''
  process.stdout.write(`${name}: ${(by('ms') / 1000).toFixed(2)} s${memory}\n`)
}

function writeLines(path) {
  const fd = openSync(path, 'w')
  for (let line = 0; line < LINES; line += 10_000) {
    const number = index => String(line + index).padStart(8, '0')
    writeSync(fd, Array.from({ length: 10_000 }, (_, index) => glog(number(index))).join(''))
  }
  closeSync(fd)
}

function glog(number) {
  return `I20261120 07:42:20.896796  9105 dfly_main.cc:1104] some ordinary message with text and a number ${number}\n`
}

function fresh(folder, name) {
  rmSync(join(folder, name), { recursive: true, force: true })
  mkdirSync(join(folder, name))
  return join(folder, name)
}

function pipeTo(source, command) {
  const start = performance.now()
  const { status } = spawnSync('sh', ['-c', `cat '${source}' | ${command}`])
  if (status !== 0) throw new Error(`exit ${status}: ${command}`)
  return { ms: performance.now() - start }
}

function skyfly(source, file) {
  const { stdout, stderr } = spawnSync(process.execPath, [
    fileURLToPath(import.meta.url),
    'write',
    source,
    file,
  ])
  if (stdout.length === 0) throw new Error(String(stderr))
  return JSON.parse(String(stdout))
}

/** What a supervisor does, and nothing else. */
async function writeLog(source, file) {
  const { openLog } = await import(new URL('logs/write/log.js', DIST).href)
  const { parseGlogLine } = await import(new URL('engines/dragonfly/log.js', DIST).href)
  const log = openLog({
    file,
    format: 'json',
    maxBytes: MAX_BYTES,
    maxFiles: MAX_FILES,
    parseLine: parseGlogLine,
  })
  const start = performance.now()
  const child = spawn('cat', [source], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', chunk => log.write('stdout', chunk))
  await new Promise(resolve => child.once('close', resolve))
  log.endOfOutput()
  const ms = performance.now() - start
  const lastLine = log.recent(1)[0]
  if (log.droppedLines > 0 || !lastLine?.endsWith(String(LINES - 1)))
    throw new Error(`lines lost: ${log.droppedLines}`)
  const rssMb = process.memoryUsage.rss() / 1e6
  const peakMb = process.resourceUsage().maxRSS / 1e3
  process.stdout.write(JSON.stringify({ ms, rssMb, peakMb }))
  log.close()
}
