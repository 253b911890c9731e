import type { ViteUserConfig } from 'vitest/config'

type Reporters = NonNullable<NonNullable<ViteUserConfig['test']>['reporters']>

/** A run lists what failed, and on a terminal how far it is. CI reads the counts from the file that SKYFLY_TEST_REPORT names. */
export function reporters(): Reporters {
  const forPeople = process.stdout.isTTY ? 'default' : 'minimal'
  const file = process.env.SKYFLY_TEST_REPORT
  return file === undefined ? [forPeople] : [forPeople, ['json', { outputFile: file }]]
}
