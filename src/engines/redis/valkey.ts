// What Valkey is: Redis under other names.
import type { Engine } from '../engine.js'
import { redis } from './redis.js'

export const valkey: Engine = {
  ...redis,
  name: 'valkey',
  licence: () => 'BSD-3-Clause',
  programs: ['valkey-server'],
  parseVersion: stdout => /^Valkey server v=(\d+(?:\.\d+)+)/m.exec(stdout)?.[1],
}
