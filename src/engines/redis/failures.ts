// Why Redis or Valkey did not start, from its own words (those of Redis 7.0).

import { type Failure, HOST_HINT, PORT_HINT } from '../explain.js'
import { foreignValue } from '../foreign-values.js'

/** A refused directive, its value as Redis quotes it, and the reason on the next line. */
const REFUSED = (directive: string) => new RegExp(`>>> '${directive}(?: ("?)(.*?)\\1)?'\\n(.+)`)
const RESTORE = 'restore the snapshot from a copy, or move it away to start empty'

export const redisFailures: readonly Failure[] = [
  {
    says: /Could not create server TCP listening socket \S*?:(\d+): (?:bind: )?Address already in use/i,
    kind: 'port',
    message: found => `port ${found[1]} is taken by another program`,
    hint: () => PORT_HINT,
  },
  {
    says: /Could not create server TCP listening socket (\S*):\d+: (?:bind: )?Cannot assign requested address/i,
    message: found => `${found[1]} is not an address of this machine`,
    hint: () => HOST_HINT,
  },
  {
    says: /Could not create server TCP listening socket \S*?:(\d+): (?:bind: )?Permission denied/i,
    message: found =>
      Number(found[1]) < 1024
        ? `port ${found[1]} is only for the administrator`
        : `port ${found[1]} may not be used: the system keeps it for itself`,
    hint: found =>
      Number(found[1]) < 1024
        ? 'use --port with a number of 1024 or above'
        : 'use another --port, or --port auto (Windows keeps ranges for Hyper-V)',
  },
  {
    says: /Could not create server TCP listening socket (\S*):\d+: (.+)/i,
    message: found => `it cannot listen on ${found[1]}: ${lower(found[2])}`,
    hint: () => HOST_HINT,
  },
  {
    // Only the warning above tells why, and a --loglevel of the user's own may keep it out of the log.
    says: /Failed listening on port (\d+)/i,
    kind: 'port',
    message: found => `it cannot listen on port ${found[1]}`,
    hint: () => PORT_HINT,
  },
  {
    says: REFUSED('dir'),
    message: (found, { dir }) => `the data folder ${dir} cannot be used: ${lower(found[3])}`,
    hint: () => 'use --dir with a folder that you may write to',
  },
  {
    says: /FATAL CONFIG FILE ERROR.*\n.*\n>>> '([\w-]+)(.*)'\n(Bad directive or wrong number of arguments)/,
    message: (found, { binary }) =>
      `this ${binary.engine} has no setting ${found[1]}, or not with these values`,
    hint: found => `correct or remove --${found[1]} in what follows --`,
  },
  {
    says: /FATAL CONFIG FILE ERROR.*\n.*\n>>> '([\w-]+)(?: (.*))?'\n(.+)/,
    message: found => `--${found[1]} cannot be ${found[2] ?? 'empty'}: ${lower(found[3])}`,
    hint: found => `correct or remove --${found[1]} in what follows --`,
  },
  {
    says: /can't open config file '?(.+?)'?: (.+)/i,
    message: found => `the configuration ${found[1]} cannot be read: ${lower(found[2])}`,
    hint: () => 'correct its path, or the rights of the file',
  },
  {
    says: /No tls-cert-file configured|Failed to configure TLS|Failed to load (?:server|client) (?:certificate|private key)/i,
    message: () => 'TLS is asked for, but its certificate, key or CA is missing or cannot be read',
    hint: () => 'give --tls-cert-file, --tls-key-file and --tls-ca-cert-file after --',
  },
  {
    says: /Can't handle RDB format version (\d+)/,
    message: (found, { binary }) =>
      `the snapshot was written by a newer server (RDB version ${found[1]}) than this ${binary.engine} ${binary.version ?? ''}`.trimEnd(),
    hint: () => 'start it with the server that wrote it, or use another folder with --dir',
  },
  {
    says: /Unknown RDB encoding type (2[0-5]|3[0-7])\b/,
    message: (found, { dir, binary }) =>
      `the snapshot in ${dir} holds ${foreignValue(Number(found[1]))?.what} (RDB type ${found[1]}), which this ${binary.engine} ${binary.version ?? ''} does not read`,
    hint: found =>
      `nothing is damaged: start it with ${foreignValue(Number(found[1]))?.readBy}, or use another folder with --dir`,
  },
  {
    says: /Wrong signature trying to load DB from file/,
    message: (_, { dir }) => `the snapshot in ${dir} is not one: it does not begin like an RDB file`,
    hint: () => RESTORE,
  },
  {
    says: /Short read or OOM loading DB|Unexpected EOF reading RDB file/,
    message: (_, { dir }) => `the snapshot in ${dir} is cut off, or larger than the memory`,
    hint: () => RESTORE,
  },
  {
    says: /Fatal error loading the DB: Permission denied/i,
    message: (_, { dir }) => `the snapshot in ${dir} may not be read by this user`,
    hint: () => 'correct the rights of the file, or use another folder with --dir',
  },
  {
    says: /Wrong RDB checksum|RDB CRC error|RDB ERROR DETECTED|Fatal error loading the DB|Error reading the RDB|Bad file format reading the append only file/i,
    message: (_, { dir }) => `the snapshot in ${dir} is damaged`,
    hint: () => RESTORE,
  },
]

const lower = (text = '') => text.charAt(0).toLowerCase() + text.slice(1)
