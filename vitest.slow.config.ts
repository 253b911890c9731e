import { defineConfig } from 'vitest/config'
import { reporters } from './vitest.shared.js'

/** What takes long by its nature: kills at every moment, limits of memory, fuzzing beside redis-server. */
export default defineConfig({
  test: {
    include: ['test/**/*.slow.test.ts'],
    exclude: ['test/windows/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 30_000,
    reporters: reporters(),
  },
})
