import { defineConfig } from 'vitest/config'
import { reporters } from './vitest.shared.js'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*.{slow,faults}.test.ts',
      // On Linux `npm run test:windows` runs those under Wine; what types into its console needs Linux around it.
      process.platform === 'win32' ? 'test/windows/console.test.ts' : 'test/windows/**',
    ],
    pool: 'forks',
    // Most of the time a test waits for another process, so more of them than cores are at work.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: reporters(),
  },
})
