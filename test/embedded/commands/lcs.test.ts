import { LIMITS } from '../../../src/embedded/embedded.js'
import { describeCases } from '../cases.js'
import type { Words } from '../wire.js'

describeCases(
  'LCS',
  {
    'finds what two strings have in common': [
      ['MSET', 'a', 'ohmytext', 'b', 'mynewtext', 'c', '', 'd', 'abcbdab', 'e', 'bdcaba', 'f', 'aaaa'],
      ...['a', 'b', 'c', 'd', 'e', 'f', 'none'].flatMap((one, _, all) =>
        all.flatMap((other): Words[] => [
          ['LCS', one, other],
          ['LCS', one, other, 'LEN'],
          ['LCS', one, other, 'IDX'],
          ['LCS', one, other, 'idx', 'minmatchlen', '2', 'withmatchlen'],
        ]),
      ),
      ['LCS', 'a', 'b', 'IDX', 'LEN'],
      ['LCS', 'a', 'b', 'IDX', 'MINMATCHLEN'],
      ['LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', 'x'],
      ['LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '-4'],
      ['LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '4', 'MINMATCHLEN', '3'],
      ['LCS', 'a', 'b', 'MINMATCHLEN', '4', 'WITHMATCHLEN'],
      ['LCS', 'a', 'b', 'FOO'],
      ['LCS', 'a'],
      ['LPUSH', 'list', '1'],
      ['LCS', 'a', 'list', 'FOO'],
      ['LCS', 'list', 'none'],
      ['SET', 'long', 'x'.repeat(9000)],
      ['LCS', 'long', 'long', 'LEN'],
    ],
  },
  ['--proto-max-bulk-len', String(LIMITS.maxBulkBytes)],
)
