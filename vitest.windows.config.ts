import { defineConfig } from 'vitest/config'

const isWindows = process.platform === 'win32'
const report = process.env.SKYFLY_TEST_REPORT

/** What runs under Wine; on Linux beside it only what needs a terminal. */
const UNDER_WINE = ['test/windows/*.test.ts', 'test/config/**/*.test.ts', 'test/engines/**/*.test.ts']
const ON_LINUX = ['test/windows/console.test.ts']

export default defineConfig({
  test: {
    include: isWindows ? UNDER_WINE : ON_LINUX,
    exclude: isWindows ? ON_LINUX : [],
    pool: 'forks',
    // Most of the time a test waits for other processes to start.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
