// What Memurai is: a Redis for Windows, commercial, so it is used where somebody installed it and never downloaded.
import type { Engine } from './engine.js'
import { redis } from './redis.js'

export const memurai: Engine = {
  ...redis,
  name: 'memurai',
  licence: 'commercial',
  programs: ['memurai'],
  parseVersion: stdout => /^Memurai\b[^\n]*?(\d+(?:\.\d+)+)/im.exec(stdout)?.[1],
}
