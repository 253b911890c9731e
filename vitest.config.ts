import { defineConfig } from 'vitest/config'

// CI reads the counts from a file: its last line says how many tests passed, failed and were skipped.
const report = process.env.SKYFLY_TEST_REPORT

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
