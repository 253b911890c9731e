// The answers of the HELP subcommands: those of Redis, as far as this server has the commands.
import { array, simple } from '../protocol/reply.js'

export function helpOf({
  name,
  lines,
}: {
  readonly name: string
  readonly lines: readonly string[]
}): string {
  const first = `${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`
  return array([first, ...lines, 'HELP', '    Prints this help.'].map(simple))
}

export const CLIENT_HELP = {
  name: 'CLIENT',
  lines: [
    ...['GETNAME', '    Return the name of the current connection.'],
    ...['ID', '    Return the ID of the current connection.'],
    ...['INFO', '    Return information about the current client connection.'],
    ...['KILL <ip:port>', '    Kill connection made from <ip:port>.'],
    ...['KILL <option> <value> [<option> <value> [...]]', '    Kill connections. Options are:'],
    ...['    * ADDR (<ip:port>|<unixsocket>:0)', '      Kill connections made from the specified address'],
    ...['    * LADDR (<ip:port>|<unixsocket>:0)', '      Kill connections made to specified local address'],
    ...['    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)', '      Kill connections by type.'],
    ...['    * USER <username>', '      Kill connections authenticated by <username>.'],
    ...['    * SKIPME (YES|NO)', '      Skip killing current connection (default: yes).'],
    ...['LIST [options ...]', '    Return information about client connections. Options:'],
    ...['    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)', '      Return clients of specified type.'],
    ...['UNPAUSE', '    Stop the current client pause, resuming traffic.'],
    'PAUSE <timeout> [WRITE|ALL]',
    '    Suspend all, or just write, clients for <timeout> milliseconds.',
    ...['REPLY (ON|OFF|SKIP)', '    Control the replies sent to the current connection.'],
    ...['SETNAME <name>', '    Assign the name <name> to the current connection.'],
    ...['UNBLOCK <clientid> [TIMEOUT|ERROR]', '    Unblock the specified blocked client.'],
    ...['NO-EVICT (ON|OFF)', '    Protect current client connection from eviction.'],
  ],
} as const

export const COMMAND_HELP = {
  name: 'COMMAND',
  lines: [
    ...['(no subcommand)', '    Return details about all commands of this server.'],
    ...['COUNT', '    Return the total number of commands in this server.'],
    ...[
      'LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]',
      '    Return a list of all commands in this server.',
    ],
    ...['INFO [<command-name> ...]', '    Return details about multiple commands.'],
    ...[
      'DOCS [<command-name> ...]',
      '    Return an empty map: this server has no documentation of commands.',
    ],
    ...['GETKEYS <full-command>', '    Return the keys from a full command.'],
  ],
} as const

export const CONFIG_HELP = {
  name: 'CONFIG',
  lines: [
    ...['GET <pattern>', '    Return parameters matching the glob-like <pattern> and their values.'],
    ...['SET <directive> <value>', '    Set the configuration <directive> to <value>.'],
    ...['RESETSTAT', '    Reset statistics reported by the INFO command.'],
    ...['REWRITE', '    Rewrite the configuration file.'],
  ],
} as const

export const PUBSUB_HELP = {
  name: 'PUBSUB',
  lines: [
    ...[
      'CHANNELS [<pattern>]',
      "    Return the currently active channels matching a <pattern> (default: '*').",
    ],
    ...['NUMPAT', '    Return number of subscriptions to patterns.'],
    'NUMSUB [<channel> ...]',
    '    Return the number of subscribers for the specified channels, excluding',
    '    pattern subscriptions(default: no channels).',
  ],
} as const

export const DEBUG_HELP = {
  name: 'DEBUG',
  lines: ['SLEEP <seconds>', '    Stop the server for <seconds>. Decimals allowed.'],
} as const
