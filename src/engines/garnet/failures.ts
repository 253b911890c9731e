// Why Garnet did not start, from its own words. Its exit code is 0 even then.
import { type Failure, HOST_HINT, PORT_HINT } from '../explain.js'

const FLAG_HINT = 'correct or remove it in what follows --'
/** The words in front of every reason. */
const UNABLE = 'Unable to initialize server due to exception: '
/** The system's reason is a sentence of Windows there, and one of .NET for Unix elsewhere. */
const unable = (...reasons: readonly string[]) => new RegExp(`${UNABLE}.*(?:${reasons.join('|')})`, 'i')

export const garnetFailures: readonly Failure[] = [
  {
    says: unable('Only one usage of each socket address', 'Address already in use'),
    kind: 'port',
    message: (_, { port }) => `port ${port} is taken by another program`,
    hint: () => PORT_HINT,
  },
  {
    says: unable('forbidden by its access permissions', 'Permission denied'),
    message: (_, { port }) => `port ${port} may not be used: the system keeps it for itself`,
    hint: () => 'use another --port, of 1024 or above, or --port auto',
  },
  {
    says: unable('not valid in its context', "(?:Cannot|Can't) assign requested address"),
    message: (_, { config }) => `${config.host} is not an address of this machine`,
    hint: () => HOST_HINT,
  },
  {
    says: /Option '([^']+)' is unknown/,
    message: found => `this Garnet has no option ${dashed(found[1])}`,
    hint: () => FLAG_HINT,
  },
  {
    says: /Option '([^']+)' (?:is|was) defined (?:multiple times|with a bad format)/,
    message: found => `${dashed(found[1])} is given twice, or with a value that is none`,
    hint: () => FLAG_HINT,
  },
  {
    says: /fail: ArgParser\[\d+\] (?!Configuration validation failed|Encountered)(.+)/,
    message: found => `it refuses its settings: ${found[1]}`,
    hint: () => 'correct what follows --',
  },
  {
    says: /LogDir specified without enabling tiered storage/,
    message: () => '--logdir is for tiered storage, which is not asked for',
    hint: () => 'leave --logdir out, or add --storage-tier after --',
  },
  {
    says: new RegExp(`${UNABLE}(?!Encountered an error when initializing)(.+)`),
    message: found => `it could not start: ${found[1]}`,
    hint: () => 'skyfly logs has its whole log',
  },
  {
    // Printed when the reason stands above it, or nowhere.
    says: new RegExp(`Configuration validation failed|${UNABLE}`),
    message: () => 'it refuses its command line',
    hint: () => 'correct what follows --; skyfly logs has what it said',
  },
]

/** How its parser names an option: `x`, `logdir`, or `l, logdir`. */
function dashed(names = ''): string {
  return names
    .split(', ')
    .map(name => (name.length === 1 ? `-${name}` : `--${name}`))
    .join(' or ')
}
