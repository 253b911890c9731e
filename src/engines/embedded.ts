// What skyfly's own engine is: a small server in this package, for machines without any other. Its code is in
// src/embedded.
import { fileURLToPath } from 'node:url'
import { SkyflyError } from '../errors.js'
import type { Engine, LaunchInput } from './engine.js'
import { explainBy, type Failure } from './explain.js'
import { flagValue } from './flags.js'
import { redisFailures } from './redis/failures.js'
import { redis } from './redis/redis.js'
import { refuseReservedFlags } from './reserved-flags.js'

const DBFILENAME = 'dump.rdb'

const cannotServe: Failure = {
  says: /Fatal error loading the DB: cannot load (.+?): (.+, which this engine cannot serve.*?)\. Exiting\./,
  message: found => `the snapshot ${found[1]} cannot be loaded: ${found[2]}`,
  hint: () =>
    'nothing is damaged: start it with the engine that wrote it, such as --engine dragonfly, or use another folder with --dir',
}

const cannotLoad: Failure = {
  says: /Fatal error loading the DB: cannot load (.+?): (.+)\. Exiting\./,
  message: found => `the snapshot ${found[1]} cannot be loaded: ${found[2]}`,
  hint: () => 'restore the snapshot from a copy, move it away to start empty, or use another engine',
}

export const embedded: Engine = {
  // It prints and saves as Redis does.
  ...redis,
  name: 'embedded',
  licence: () => 'MIT',
  differs: 'is for development and tests: one thread, no scripts, no streams, no DFLY commands',
  programs: [],
  bundled: fileURLToPath(new URL('../embedded/main.js', import.meta.url)),
  parseVersion: stdout => /^skyfly embedded server v=(\d+(?:\.\d+)+)/m.exec(stdout)?.[1],
  args,
  isProtected: () => false,
  explain: explainBy([cannotServe, cannotLoad, ...redisFailures]),
  reads: ['rdb'],
  loads: (fileName, serverArgs) => fileName === (flagValue(serverArgs, 'dbfilename') ?? DBFILENAME),
  savesSnapshot: serverArgs => flagValue(serverArgs, 'dbfilename') !== '',
}

function args({ config, port, dir }: LaunchInput): readonly string[] {
  const { serverArgs, threads, snapshotFormat, maxmemory } = config
  refuseReservedFlags(serverArgs)
  if (threads !== undefined && threads > 1)
    throw new SkyflyError('usage', `the embedded engine has one thread, not ${threads} (--threads)`, {
      hint: 'leave --threads out, or use another engine',
    })
  if (snapshotFormat === 'dfs')
    throw new SkyflyError(
      'usage',
      "the embedded engine cannot write snapshots in Dragonfly's own format (--snapshot-format dfs)",
      { hint: 'leave --snapshot-format out, or use --engine dragonfly' },
    )
  return [
    ...['--cli', '--log-level', config.logLevel, '--dir', dir, '--port', String(port), '--bind', config.host],
    ...['--dbfilename', config.ephemeral ? '' : DBFILENAME],
    ...(maxmemory === undefined ? [] : ['--maxmemory', String(maxmemory)]),
    ...serverArgs,
  ]
}
