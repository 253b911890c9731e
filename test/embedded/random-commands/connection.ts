// What a client asks about itself and about the server, as far as both servers can say the same.
import type { Words } from '../wire.js'
import type { Generator, Random } from './random.js'

const plain =
  (make: (random: Random) => Words): Generator =>
  random => ({ words: make(random) })
const some = (random: Random, most: number): string[] =>
  Array.from({ length: random.int(most) }, () => random.member())

export const COMMANDS: readonly Generator[] = [
  plain(random => ['PING', ...some(random, 3)]),
  plain(random => ['ECHO', ...some(random, 3)]),
  // Mostly the first databases, or two keys would never meet.
  plain(random => ['SELECT', random.int(4) > 0 ? '0' : random.number()]),
  plain(() => ['SELECT', '0']),
  plain(() => ['SELECT', '0']),
  plain(random => ['AUTH', ...some(random, 4)]),
  plain(random => ['HELLO', random.pick(['1', '4', 'x', '']), ...some(random, 3)]),
  plain(random => ['CLIENT', 'SETNAME', ...some(random, 3)]),
  plain(() => ['CLIENT', 'GETNAME']),
  plain(random => [
    'CLIENT',
    random.pick(['ID', 'INFO', 'KILL', 'NOPE', 'UNPAUSE', 'REPLY', 'NO-EVICT']),
    ...some(random, 2),
    'x',
  ]),
  plain(random => ['CLIENT', 'UNBLOCK', String(1000 + random.int(10)), ...some(random, 2)]),
  plain(random => [
    'CLIENT',
    'KILL',
    random.pick(['ID', 'TYPE', 'ADDR', 'LADDR', 'USER', 'SKIPME']),
    random.member(),
  ]),
  plain(random => [
    'CLIENT',
    'LIST',
    random.pick(['TYPE', 'ID', 'x']),
    random.pick(['pubsub', 'master', 'x', '99999']),
  ]),
  plain(random => [
    'COMMAND',
    'GETKEYS',
    random.pick(['get', 'mset', 'nope', 'ping', 'lmpop']),
    ...some(random, 5),
    'x',
  ]),
  plain(random => ['PUBLISH', random.key(), random.member()]),
  plain(random => ['PUBSUB', random.pick(['CHANNELS', 'NUMSUB', 'NUMPAT', 'NOPE']), ...some(random, 3)]),
  plain(random => ['CONFIG', 'GET', random.pick(['databases', 'maxmemory', 'nope', 'save', 'Timeout'])]),
  plain(random => [
    'CONFIG',
    'SET',
    random.pick(['databases', 'nope', 'dir', 'maxclients']),
    random.member(),
    ...some(random, 2),
  ]),
  plain(random => [
    random.pick(['SAVE', 'BGSAVE', 'LASTSAVE', 'TIME', 'MONITOR', 'SHUTDOWN']),
    'x',
    ...some(random, 2),
  ]),
  plain(random => [random.pick(['NOPE', '', 'get|x', '\xff']), ...some(random, 4)]),
  random => ({ words: [random.pick(['TIME', 'LASTSAVE'])], ignore: true }),
  random => ({ words: ['INFO', ...some(random, 2)], ignore: true }),
]
