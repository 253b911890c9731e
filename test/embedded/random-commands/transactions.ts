// Transactions, finished or not, and what is refused in them.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })
/** More likely than the others. */
const often = (count: number, make: (random: Random) => Words): readonly Generator[] =>
  Array.from({ length: count }, () => plain(make))

// Twice as many ends as beginnings: most commands are to be answered at once.
export const COMMANDS: readonly Generator[] = [
  ...often(2, () => ['MULTI']),
  // Answers that time and chance decide, or that have no order, are among its own; that it did the same, the data tell.
  ...Array.from({ length: 4 }, (): Generator => () => ({ words: ['EXEC'], ignore: true })),
  plain(() => ['DISCARD']),
  ...often(2, random => ['WATCH', ...Array.from({ length: 1 + random.int(3) }, () => random.key())]),
  plain(() => ['UNWATCH']),
  plain(random => [
    random.pick(['MULTI', 'DISCARD', 'UNWATCH', 'WATCH']),
    ...Array.from({ length: random.int(2) }, () => 'x'),
  ]),
]
