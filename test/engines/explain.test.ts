import { describe, expect, it } from 'vitest'
import { ENGINES } from '../../src/engines/table.js'
import { launch } from './launch.js'

const glog = (text: string) => `E20261120 07:43:08.971726  9779 dfly_main.cc:446] ${text}`

describe('a failed start of Dragonfly is explained', () => {
  it.each([
    [
      [glog('Could not open port 16379, error: Address already in use')],
      { kind: 'port', message: 'port 16379 is taken by another program', hint: /--port auto/ },
    ],
    [
      [glog('Could not open port 16379, error: Cannot assign requested address')],
      { kind: 'other', message: '127.0.0.1 is not an address of this machine', hint: /--host/ },
    ],
    [
      [
        'E20261120 07:43:09.097605  9822 accept_server.cc:143] Error resolving address not.a.host: Name or service not known',
        glog('Could not open port 16379, error: Cannot assign requested address'),
      ],
      {
        kind: 'other',
        message: 'the address not.a.host is not known: name or service not known',
        hint: /--host/,
      },
    ],
    [
      [glog('There are 2 threads, so 512.00MiB are required. Exiting...')],
      {
        kind: 'other',
        message: '2 threads need at least 512.00MiB of memory',
        hint: /--maxmemory.*--threads/,
      },
    ],
    [
      ["ERROR: Unknown command line flag 'loglevel'. Did you mean: logbuflevel, minloglevel ?"],
      {
        kind: 'other',
        message: 'this Dragonfly has no flag --loglevel',
        hint: /did you mean --logbuflevel or --minloglevel\?/,
      },
    ],
    [
      ["ERROR: Unknown command line flag 'appendonly'"],
      { kind: 'other', message: 'this Dragonfly has no flag --appendonly', hint: /remove it/ },
    ],
    [
      [
        "ERROR: Illegal value 'lots' specified for flag 'maxmemory'; Use human-readable format, eg.: 500MB, 1G, 1TB",
      ],
      {
        kind: 'other',
        message: "--maxmemory cannot be 'lots': use human-readable format, eg.: 500MB, 1G, 1TB",
        hint: /--/,
      },
    ],
    [
      ["ERROR: Missing the value for the flag 'hz'", "ERROR: Illegal value '' specified for flag 'hz'"],
      { kind: 'other', message: '--hz needs a value', hint: /--hz=VALUE/ },
    ],
    [
      [
        'F20261120 07:42:49.322186  9619 dfly_main.cc:1058] unknown environment variable DFLY_PORT',
        '*** Check failure stack trace: ***',
      ],
      { kind: 'other', message: /the variable DFLY_PORT is not one/, hint: 'unset DFLY_PORT' },
    ],
    [
      [
        "F20261120 07:42:50 9658 dfly_main.cc:1054] could not parse flag port from environment variable. Error: Illegal value 'abc' specified for flag 'port'",
      ],
      { kind: 'other', message: /the variable DFLY_port/, hint: 'unset DFLY_port' },
    ],
    [
      ["ERROR: Can't open flagfile /nonexistent"],
      { kind: 'other', message: /the file \/nonexistent/, hint: /path/ },
    ],
    [
      ['ERROR: Unexpected line in the flagfile DATA_DIR/df.conf: port 16379'],
      {
        kind: 'other',
        message: 'the flagfile DATA_DIR/df.conf has a line that is no flag: port 16379',
        hint: /--name=value/,
      },
    ],
    [
      ['E20261120 07:42:37.016341  9449 dfly_main.cc:370] Bad port number 70000'],
      { kind: 'other', message: '70000 is not a port', hint: /--port/ },
    ],
    [
      [glog('TLS configured but no authentication method is used!')],
      { kind: 'other', message: /--tls/, hint: /--requirepass/ },
    ],
    [
      [glog('Failed to load TLS key')],
      { kind: 'other', message: 'the file with the TLS key cannot be read', hint: /--tls_key_file/ },
    ],
    [[glog('dbnum is too big. Exiting...')], { kind: 'other', message: /databases/, hint: /--dbnum/ }],
    [
      [
        glog(
          'filename may not contain directory separators (Got "a/b"). dbfilename should specify the filename without the directory',
        ),
      ],
      { kind: 'other', message: /--dbfilename/, hint: /--dir/ },
    ],
    [
      [
        'E20261120 07:50:17.992650 15672 server_family.cc:1443] Failed to load snapshot: Invalid argument: Bad filename extension',
      ],
      {
        kind: 'other',
        message: /the snapshot in \/project\/data\/dragonfly cannot be loaded \(invalid argument: Bad/,
        hint: /move it away/,
      },
    ],
    [
      [
        "/opt/dragonfly: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /opt/dragonfly)",
      ],
      { kind: 'other', message: /newer C library.*GLIBC_2.38/, hint: /glibc 2.30/ },
    ],
    [
      [
        '/opt/dragonfly: error while loading shared libraries: libstdc++.so.6: cannot open shared object file',
      ],
      { kind: 'other', message: /needs the library libstdc\+\+\.so\.6/, hint: /--binary/ },
    ],
    [
      [
        'C:/redis/redis-server.exe: error while loading shared libraries: cygssl-3.dll: cannot open shared object file: No such file or directory',
      ],
      { kind: 'other', message: /needs the library cygssl-3\.dll/, hint: /--binary/ },
    ],
    [
      ['C:/redis/redis-server.exe: error while loading shared libraries: ?: cannot open shared object file'],
      { kind: 'other', message: /needs a library, which this system lacks/, hint: /--binary/ },
    ],
    [
      [
        '0 [main] redis-server (1234) C:\\redis\\redis-server.exe: *** fatal error - cygheap base mismatch detected - 0x1802FE408/0x1802FD408.',
      ],
      { kind: 'other', message: /another version of its cygwin1\.dll/, hint: /PATH/ },
    ],
    [
      ['setpriv: failed to execute /opt/dragonfly: No such file or directory'],
      { kind: 'other', message: /the loader it asks for/, hint: /--binary/ },
    ],
    [
      ['sh: 1: exec: /opt/dragonfly: Exec format error'],
      { kind: 'other', message: /not a program for this machine/, hint: /--binary/ },
    ],
  ])('%j', (lines, { kind, message, hint }) => {
    const input = launch()
    const explained = ENGINES.dragonfly.explain(
      ['I20261120 07:43:08.964982  9779 init.cc:144] running', ...lines],
      input,
    )
    expect(explained?.kind).toBe(kind)
    expect(explained?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    expect(explained?.hint).toEqual(typeof hint === 'string' ? hint : expect.stringMatching(hint))
  })

  it('not at all when it says nothing known', () => {
    expect(
      ENGINES.dragonfly.explain(['I20261120 07:43:08.964982  9779 init.cc:144] running'], launch()),
    ).toBeUndefined()
  })
})

const fatal = (directive: string, reason: string) => [
  ...['', '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***', 'Reading the configuration file, at line 2'],
  ...[`>>> '${directive}'`, reason],
]
const warning = (text: string) => `6036:M 20 Nov 2026 08:31:59.127 # ${text}`

describe('a failed start of Redis is explained', () => {
  it.each([
    [
      [
        warning(
          'Warning: Could not create server TCP listening socket 127.0.0.1:35289: bind: Address already in use',
        ),
        warning('Failed listening on port 35289 (TCP), aborting.'),
      ],
      { kind: 'port', message: 'port 35289 is taken by another program', hint: /--port auto/ },
    ],
    [
      [warning('Failed listening on port 35289 (TCP), aborting.')],
      { kind: 'port', message: /35289/, hint: /--port auto/ },
    ],
    [
      [
        warning(
          'Warning: Could not create server TCP listening socket 10.9.9.9:1: bind: Cannot assign requested address',
        ),
      ],
      { kind: 'other', message: '10.9.9.9 is not an address of this machine', hint: /--host/ },
    ],
    [
      [
        warning(
          'Warning: Could not create server TCP listening socket not.a.host:7791: Name or service not known',
        ),
      ],
      { kind: 'other', message: 'it cannot listen on not.a.host: name or service not known', hint: /--host/ },
    ],
    [
      [
        warning(
          'Warning: Could not create server TCP listening socket 127.0.0.1:80: bind: Permission denied',
        ),
      ],
      { kind: 'other', message: 'port 80 is only for the administrator', hint: /1024/ },
    ],
    [
      [
        warning(
          'Warning: Could not create server TCP listening socket 127.0.0.1:50100: bind: Permission denied',
        ),
      ],
      { kind: 'other', message: /port 50100 may not be used/, hint: /--port auto/ },
    ],
    [
      fatal('port "70000"', 'argument must be between 0 and 65535 inclusive'),
      {
        kind: 'other',
        message: '--port cannot be "70000": argument must be between 0 and 65535 inclusive',
        hint: /--port/,
      },
    ],
    [
      fatal('bogus "1"', 'Bad directive or wrong number of arguments'),
      { kind: 'other', message: /has no setting bogus/, hint: /--bogus/ },
    ],
    [
      fatal('requirepass', 'wrong number of arguments'),
      {
        kind: 'other',
        message: '--requirepass cannot be empty: wrong number of arguments',
        hint: /--requirepass/,
      },
    ],
    [
      fatal('dir "/x"', 'Permission denied'),
      {
        kind: 'other',
        message: 'the data folder /project/data/dragonfly cannot be used: permission denied',
        hint: /--dir/,
      },
    ],
    [
      [warning("Fatal error, can't open config file '/nonexistent.conf': No such file or directory")],
      { kind: 'other', message: /\/nonexistent\.conf cannot be read/, hint: /path/ },
    ],
    [
      [
        warning('No tls-cert-file configured!'),
        warning('Failed to configure TLS. Check logs for more info.'),
      ],
      { kind: 'other', message: /TLS/, hint: /--tls-cert-file/ },
    ],
    [
      [
        warning("Can't handle RDB format version 99"),
        warning('Fatal error loading the DB: Invalid argument. Exiting.'),
      ],
      { kind: 'other', message: /newer server \(RDB version 99\) than this redis 7\.0\.15/, hint: /--dir/ },
    ],
    ...[
      [21, /a stream as newer servers write it \(RDB type 21\), which this redis 7/, /Redis 7\.2.*dragonfly/],
      [30, /a JSON document/, /nothing is damaged: start it with --engine dragonfly/],
      [36, /top-k/, /dragonfly/],
    ].map(([type, message, hint]): [string[], { kind: 'other'; message: RegExp; hint: RegExp }] => [
      [
        warning(
          `Internal error in RDB reading offset 32, function at rdb.c:2828 -> Unknown RDB encoding type ${type}`,
        ),
        warning('Terminating server after rdb file reading failure.'),
        warning('Fatal error loading the DB: Invalid argument. Exiting.'),
      ],
      { kind: 'other', message: message as RegExp, hint: hint as RegExp },
    ]),
    [
      [
        warning('Wrong signature trying to load DB from file'),
        warning('Fatal error loading the DB: Invalid argument. Exiting.'),
      ],
      { kind: 'other', message: /does not begin like an RDB/, hint: /move it away/ },
    ],
    [
      [warning('Short read or OOM loading DB. Unrecoverable error, aborting now.')],
      { kind: 'other', message: /cut off/, hint: /move it away/ },
    ],
    [
      ['--- RDB ERROR DETECTED ---', '[offset 0] Unexpected EOF reading RDB file'],
      { kind: 'other', message: /cut off/, hint: /move it away/ },
    ],
    [
      [warning('Wrong RDB checksum expected: (97df) but got (3736). Aborting now.')],
      { kind: 'other', message: /damaged/, hint: /move it away/ },
    ],
    [
      [warning('Fatal error loading the DB: Permission denied. Exiting.')],
      { kind: 'other', message: /may not be read by this user/, hint: /rights/ },
    ],
  ])('%j', (lines, { kind, message, hint }) => {
    const input = launch({ binary: { engine: 'redis', path: '/usr/bin/redis-server', version: '7.0.15' } })
    for (const engine of [ENGINES.redis, ENGINES.valkey]) {
      const explained = engine.explain([warning('Configuration loaded'), ...lines], input)
      expect(explained?.kind).toBe(kind)
      expect(explained?.message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      )
      expect(explained?.hint).toEqual(expect.stringMatching(hint))
    }
  })
})
