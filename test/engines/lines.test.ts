import { describe, expect, it } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'

describe('a log line of Dragonfly', () => {
  it.each([
    [
      'I20261120 07:42:20.896929  9105 dfly_main.cc:1104] Starting dragonfly df-v1.40.1',
      { level: 'info', msg: 'Starting dragonfly df-v1.40.1', at: 'dfly_main.cc:1104' },
    ],
    [
      'W20261120 07:42:20.901029 139105 server_family.cc:1307] Load snapshot: No snapshot found',
      { level: 'info', msg: 'Load snapshot: No snapshot found', at: 'server_family.cc:1307' },
    ],
    [
      'I20261120 07:42:26.168782  9164 dragonfly_connection.cc:997] [1] HandleRequests',
      { level: 'info', msg: '[1] HandleRequests', at: 'dragonfly_connection.cc:997' },
    ],
    [
      'E20261120 07:43:08.971726     9 dfly_main.cc:446] Could not open port 16379, error: Address already in use',
      {
        level: 'error',
        msg: 'Could not open port 16379, error: Address already in use',
        at: 'dfly_main.cc:446',
      },
    ],
    [
      'F20261120 07:42:49.322186  9619 dfly_main.cc:1058] unknown environment variable DFLY_PORT',
      { level: 'error', msg: 'unknown environment variable DFLY_PORT', at: 'dfly_main.cc:1058' },
    ],
    ['I1120 07:42:20.896929  9105 a.cc:1] no year', { level: 'info', msg: 'no year', at: 'a.cc:1' }],
    ['I20261120 07:42:20.896929  9105 a.cc:1] ', { level: 'info', msg: '', at: 'a.cc:1' }],
    [
      "W20261120 07:42:20.900668  9109 listener_interface.cc:445] Couldn't increase the open files limit to 64150. setrlimit: Invalid argument",
      {
        level: 'info',
        msg: "Couldn't increase the open files limit to 64150. setrlimit: Invalid argument",
        at: 'listener_interface.cc:445',
      },
    ],
    [
      '\x1b[0;33mW20261120 07:42:28.433040  9189 listener_interface.cc:445] setrlimit: Invalid argument',
      { level: 'warn', msg: 'setrlimit: Invalid argument', at: 'listener_interface.cc:445' },
    ],
    [
      "ERROR: Unknown command line flag 'cli'. Did you mean: tls ?",
      { level: 'error', msg: "Unknown command line flag 'cli'. Did you mean: tls ?" },
    ],
    ['*** Check failure stack trace: ***', { level: 'error', msg: '*** Check failure stack trace: ***' }],
    ['    @     0x56374dd3404c  (unknown)', { level: 'error', msg: '    @     0x56374dd3404c  (unknown)' }],
    [
      'PC: @     0x7fee3195feec  (unknown)  (unknown)',
      { level: 'error', msg: 'PC: @     0x7fee3195feec  (unknown)  (unknown)' },
    ],
    ['   @@@@@@@@@@@#+-. .%@@@@#', undefined],
    ['* Logs will be written to the first available of the following paths:', undefined],
    ['In the beginning', undefined],
    ['Entries', undefined],
    ['', undefined],
  ])('%j', (line, parsed) => {
    expect(ENGINES.dragonfly.parseLine(line)).toEqual(parsed)
  })
})

describe('a log line of Redis and Valkey', () => {
  it.each([
    [
      '5790:C 20 Nov 2026 08:31:30.927 # Configuration loaded',
      { level: 'warn', msg: 'Configuration loaded' },
    ],
    [
      '5790:M 20 Nov 2026 08:31:30.928 * Ready to accept connections',
      { level: 'info', msg: 'Ready to accept connections' },
    ],
    [
      '5790:M 20 Nov 2026 08:31:30.928 - Accepted 127.0.0.1:1',
      { level: 'debug', msg: 'Accepted 127.0.0.1:1' },
    ],
    ['5790:S 20 Nov 2026 08:31:30.928 . 1 clients connected', { level: 'debug', msg: '1 clients connected' }],
    [
      '5790:signal-handler (1795163490) Received SIGTERM scheduling shutdown...',
      { level: 'info', msg: 'Received SIGTERM scheduling shutdown...' },
    ],
    [
      '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***',
      { level: 'error', msg: '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***' },
    ],
    [
      '=== REDIS BUG REPORT START: Cut & paste starting from here ===',
      { level: 'error', msg: '=== REDIS BUG REPORT START: Cut & paste starting from here ===' },
    ],
    ['------ STACK TRACE ------', { level: 'error', msg: '------ STACK TRACE ------' }],
    ['Reading the configuration file, at line 2', undefined],
    ['12 angry men', undefined],
    ['', undefined],
  ])('%j', (line, parsed) => {
    expect(ENGINES.redis.parseLine(line)).toEqual(parsed)
    expect(ENGINES.valkey.parseLine(line)).toEqual(parsed)
  })
})
