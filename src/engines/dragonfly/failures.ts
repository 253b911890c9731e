// Why Dragonfly did not start, from its own words (those of 1.40.1: line numbers change, texts hardly do).
import { formatBytes } from '../../config/units.js'
import { type Failure, HOST_HINT, PORT_HINT } from '../explain.js'

const FLAG_HINT = 'correct or remove it in what follows --'

export const dragonflyFailures: readonly Failure[] = [
  {
    says: /unknown environment variable (\S+)/,
    message: found =>
      `the variable ${found[1]} is not one that Dragonfly knows, and it refuses to start with it`,
    hint: found => `unset ${found[1]}`,
  },
  {
    says: /could not parse flag (\S+) from environment variable/,
    message: found => `the variable DFLY_${found[1]} holds a value that Dragonfly cannot read`,
    hint: found => `unset DFLY_${found[1]}`,
  },
  {
    says: /Unknown command line flag '([^']+)'(?:\. Did you mean: (.+?) \?)?/,
    message: found => `this Dragonfly has no flag --${found[1]}`,
    hint: found => (found[2] === undefined ? FLAG_HINT : `did you mean ${meant(found[2])}? ${FLAG_HINT}`),
  },
  {
    says: /Missing the value for the flag '([^']+)'/,
    message: found => `--${found[1]} needs a value`,
    hint: found => `write --${found[1]}=VALUE after --`,
  },
  {
    says: /Illegal value '([^']*)' specified for flag '([^']+)'(?:; (.+))?/,
    message: found =>
      `--${found[2]} cannot be '${found[1]}'${found[3] === undefined ? '' : `: ${lower(found[3])}`}`,
    hint: () => FLAG_HINT,
  },
  {
    says: /Can't open flagfile (.+)/,
    message: found => `the file ${found[1]} of --flagfile cannot be read`,
    hint: () => 'correct its path, or the rights of the file',
  },
  {
    says: /Unexpected line in the flagfile (.+?): (.+)/,
    message: found => `the flagfile ${found[1]} has a line that is no flag: ${found[2]}`,
    hint: () => 'write every flag in it as --name=value',
  },
  {
    says: /Error resolving address (\S+): (.+)/,
    message: found => `the address ${found[1]} is not known: ${lower(found[2] ?? '')}`,
    hint: () => HOST_HINT,
  },
  {
    says: /Could not open port (\d+), error: Address already in use/,
    kind: 'port',
    message: found => `port ${found[1]} is taken by another program`,
    hint: () => PORT_HINT,
  },
  {
    says: /Could not open port \d+, error: Cannot assign requested address/,
    message: (_, { config }) => `${config.host} is not an address of this machine`,
    hint: () => HOST_HINT,
  },
  {
    says: /Could not open port (\d+), error: Permission denied/,
    message: found => `port ${found[1]} is only for the administrator`,
    hint: () => 'use --port with a number of 1024 or above',
  },
  {
    says: /Could not open port (\d+), error: (.+)/,
    message: found => `it could not open port ${found[1]}: ${lower(found[2] ?? '')}`,
    hint: () => 'use another --port or --host',
  },
  {
    says: /Bad port number (-?\d+)/,
    message: found => `${found[1]} is not a port`,
    hint: () => 'use --port with a number from 1 to 65535, or --port auto',
  },
  {
    says: /There are (\d+) threads, so (\S+?) are required/,
    message: found => `${found[1]} threads need at least ${found[2]} of memory`,
    hint: found =>
      `give it more with --maxmemory, or fewer threads with --threads (256 MiB for each of ${found[1]} now)`,
  },
  {
    says: /TLS configured but no authentication method is used/,
    message: () => 'Dragonfly takes --tls only together with a password or a CA certificate',
    hint: () => 'add --requirepass or --tls_ca_cert_file after --',
  },
  {
    says: /Failed to load TLS (\w+)/,
    message: found => `the file with the TLS ${found[1]} cannot be read`,
    hint: () => 'check --tls_key_file and --tls_cert_file: path, rights and content',
  },
  {
    says: /filename may not contain directory separators/,
    message: () => '--dbfilename is a name, without a folder',
    hint: () => 'name the folder with --dir',
  },
  {
    says: /dbnum is too big/,
    message: () => 'that are more databases than Dragonfly has',
    hint: () => 'use a smaller --dbnum',
  },
  {
    says: /Can't handle RDB format version (\d+)/i,
    message: found => `the snapshot was written by a newer server (RDB version ${found[1]})`,
    hint: () => 'start it with the server that wrote it, or use another folder with --dir',
  },
  {
    says: /its used memory is (\d+) but the limit is (\d+)/,
    message: (found, { dir }) =>
      `the snapshot in ${dir} needs ${formatBytes(Number(found[1]))} of memory, and the limit is ${formatBytes(Number(found[2]))}`,
    hint: found => `give it more: --maxmemory ${roomyMib(Number(found[1]))}mb`,
  },
  {
    says: /(?:Failed to load snapshot|Failed to load the snapshot|Could not load (?:file|snapshot)|Rdb load failed):? *(.*)/i,
    message: (found, { dir }) =>
      `the snapshot in ${dir} cannot be loaded${found[1] ? ` (${lower(found[1])})` : ''}: it is damaged or cut off`,
    hint: () => 'restore the snapshot from a copy, or move it away to start empty',
  },
]

/** A quarter more than the data alone takes, in MiB: a full server refuses writes. */
const roomyMib = (bytes: number) => Math.ceil((bytes * 1.25) / 1024 ** 2)

const meant = (names: string) =>
  names
    .split(/,\s*/)
    .map(name => `--${name}`)
    .join(' or ')

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
