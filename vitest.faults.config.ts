import { defineConfig } from 'vitest/config'
import { reporters } from './vitest.shared.js'

/** A random campaign of faults; see test/faults/campaign.faults.test.ts. */
export default defineConfig({
  test: { include: ['test/faults/*.faults.test.ts'], pool: 'forks', reporters: reporters() },
})
