import { describeCases } from '../cases.js'

describeCases('CONFIG', {
  'gets settings': [
    ...[
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'GET', 'MAXmemory', 'nope'],
      ['CONFIG', 'GET', 'databases', 'DATABASES', 'data*'],
      ['CONFIG', 'GET', 'nope'],
    ],
    ...[
      ['CONFIG', 'GET'],
      ['CONFIG', 'GET', 'databases', 'databases'],
      ['CONFIG', 'GET', 'save'],
    ],
    ...[
      ['CONFIG', 'GET', 'appendonly'],
      ['CONFIG', 'GET', 'maxmemory-polic?'],
      ['CONFIG', 'GET', 'timeout'],
    ],
    { unordered: ['CONFIG', 'GET', 'maxclients', 'databases'] },
  ],
  'does not take words of JavaScript for its own': [
    ...[
      ['CONFIG', 'GET', 'constructor'],
      ['CONFIG', 'SET', '__proto__', 'x'],
      ['CONFIG', 'SET', 'loglevel', 'constructor'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '1constructor'],
      ['CLIENT', 'LIST', 'TYPE', 'constructor'],
      ['constructor'],
    ],
    ...[
      ['COMMAND', 'LIST', 'FILTERBY', 'constructor', 'x'],
      ['CLIENT', 'toString'],
      ['INFO', 'constructor'],
    ],
    ['CLIENT', 'KILL', '__proto__', 'x'],
  ],
  'sets settings': [
    ...[
      ['CONFIG', 'SET', 'maxmemory', '100mb'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'SET', 'maxmemory', '0'],
    ],
    ...[
      ['CONFIG', 'SET', 'MAXMEMORY', '1k', 'maxclients', '500'],
      ['CONFIG', 'GET', 'maxclients'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '0', 'maxclients', '10000'],
      ['CONFIG', 'SET', 'save', ''],
    ],
    ...[
      ['CONFIG', 'SET', 'loglevel', 'warning'],
      ['CONFIG', 'GET', 'loglevel'],
      ['CONFIG', 'RESETSTAT'],
    ],
  ],
  'refuses settings, all of them if one is bad': [
    ...[
      ['CONFIG', 'SET', 'nope', '1'],
      ['CONFIG', 'SET', 'maxmemory'],
      ['CONFIG', 'SET', 'maxmemory', 'x'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '1', 'nope'],
      ['CONFIG', 'SET', 'maxmemory', '1', 'maxmemory', '2'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxclients', '0'],
      ['CONFIG', 'SET', 'maxclients', 'x'],
      ['CONFIG', 'SET', 'databases', '3'],
    ],
    ...[
      ['CONFIG', 'SET', 'dir', 'x'],
      ['CONFIG', 'SET', 'dbfilename', 'x'],
      ['CONFIG', 'SET', 'loglevel', 'x'],
    ],
    ...[
      ['CONFIG', 'SET', 'maxmemory', '7', 'maxclients', 'x'],
      ['CONFIG', 'GET', 'maxmemory'],
    ],
    ...[['CONFIG', 'SET', 'maxmemory', '-1'], ['CONFIG'], ['CONFIG', 'NOPE'], ['CONFIG', 'REWRITE']],
    ...[
      ['CONFIG', 'SET', 'Nope', '1'],
      ['CONFIG', 'SET', 'maxmemory', '1', 'n\r\no', '2'],
      ['CONFIG', 'RESETSTAT', 'x'],
    ],
  ],
})
