import { defineConfig } from 'vitest/config'

// CI reads the counts from a file: its last line says how many tests passed, failed and were skipped.
const report = process.env.SKYFLY_TEST_REPORT

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On Linux `npm run test:windows` runs those under Wine; what types into its console needs Linux around it.
    exclude: [process.platform === 'win32' ? 'test/windows/console.test.ts' : 'test/windows/**'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
