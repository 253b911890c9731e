// What Memurai is: a commercial Redis for Windows, so it is used where it is installed, and never downloaded.
import type { Engine } from '../engine.js'
import { explainBy, type Failure } from '../explain.js'
import { redisFailures } from './failures.js'
import { redis } from './redis.js'

const noLicence: Failure = {
  // Its exact words are not published; the line itself is the best explanation.
  says: /^.*(?:\b(?:no|invalid|missing|expired)\b.{0,20}\blicen[cs]e\b|\blicen[cs]e\b.*\b(?:not (?:found|valid)|missing|invalid|expired|fail\w*|could not|cannot)\b).*$/im,
  message: found => `it refuses to run: ${found[0].replace(/^\d+:\S+ .{24,25} [.\-*#] /, '').trim()}`,
  hint: () =>
    'Memurai 4.2 and newer start only with a licence file: repair its installation, or use another engine',
}

export const memurai: Engine = {
  // It has the flags, log lines and snapshots of Redis 7, and takes the paths of Windows.
  ...redis,
  name: 'memurai',
  licence: () => 'commercial',
  differs: `${redis.differs}; its free edition ends itself after 10 days`,
  programs: ['memurai'],
  parseVersion: stdout => {
    const line = /^Memurai\b.*/im.exec(stdout)?.[0] ?? ''
    return (/\bv=(\d+(?:\.\d+)+)/.exec(line) ?? /(\d+(?:\.\d+)+)/.exec(line))?.[1]
  },
  explain: explainBy([...redisFailures, noLicence]),
}
