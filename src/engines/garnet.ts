// What Garnet is: Microsoft's server on .NET, with flags, log lines and checkpoints of its own.
import type { Engine } from './engine.js'
import { redis } from './redis.js'

export const garnet: Engine = {
  ...redis,
  name: 'garnet',
  licence: 'MIT',
  differs: 'has no streams, and no snapshots that others read',
  programs: ['GarnetServer', 'garnet-server'],
  needs: 'dotnet',
  stopsBy: 'SAVE',
  parseVersion: stdout => /^GarnetServer (\d+(?:\.\d+)+)/m.exec(stdout)?.[1],
}
