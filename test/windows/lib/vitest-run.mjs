// One run of vitest whose output goes to a file, since Windows programs under Wine can write to no pipe: shown, timed, counted.
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.windows.config.ts', '--no-color']
const SHOW_MS = 200

/**
 * @param start starts Node with these words and this environment, its output going to a descriptor
 * @param path what a path of this system is called there
 * @param files begins the names of the log and the report
 */
export async function runVitest({ start, path, filters, deadline, files }) {
  const [log, report] = [`${files}.log`, `${files}.json`]
  rmSync(report, { force: true })
  const output = openSync(log, 'w+')
  const child = start([...VITEST, ...filters], { CI: 'true', SKYFLY_TEST_REPORT: path(report) }, output)
  const show = shower(output)
  const showing = setInterval(show, SHOW_MS)
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, deadline - Date.now())
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  clearInterval(showing)
  clearTimeout(limit)
  show()
  closeSync(output)
  if (isLate) process.stdout.write('ended: it took too long\n')
  return counted(report, code)
}

/** Prints what was written since it was called before. */
function shower(descriptor) {
  const bytes = Buffer.alloc(64 * 1024)
  let at = 0
  return () => {
    for (let length = 1; length > 0; at += length) {
      length = readSync(descriptor, bytes, 0, bytes.length, at)
      process.stdout.write(bytes.subarray(0, length))
    }
  }
}

/** A run without a report is a failed test, whatever it was. */
function counted(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, skippedTitles: [], isFine: false }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    skippedTitles: tests
      .filter(({ status }) => !/passed|failed/.test(status))
      .map(({ fullName }) => fullName),
    isFine: code === 0,
  }
}
