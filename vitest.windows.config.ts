import { defineConfig } from 'vitest/config'
import { reporters } from './vitest.shared.js'

const isWindows = process.platform === 'win32'

/** What runs under Wine; on Linux beside it only what needs a terminal. */
const UNDER_WINE = [
  'test/*.test.ts',
  'test/{cli,config,engines,logs,operations,servers,smoke,snapshots,supervisor,system,windows}/**/*.test.ts',
  // Not those of the fixtures, which are used there all the time. The other tests of the embedded engine put the same
  // to redis-server, or ask nothing of the system.
  'test/embedded/{clients,main,rdb/save-points,rdb/snapshot}.test.ts',
]
const NOT_UNDER_WINE = [
  // Slow, and the same promises are tried in short by what runs.
  'test/**/*.{slow,faults}.test.ts',
  // Of the sources, which are the same everywhere.
  'test/architecture.test.ts',
  // Dragonfly, which they install, is published for Linux alone.
  'test/cli/commands/install*.test.ts',
  // Their programs are shell scripts.
  'test/servers/program/probe.test.ts',
  'test/servers/search/substitute.test.ts',
  'test/engines/dragonfly/help.test.ts',
  // There is no redis-server for Windows that could be compared with.
  'test/engines/redis/real-redis.test.ts',
  // Tens of thousands of lives in a table, which is the same everywhere.
  'test/supervisor/run/lifecycle.test.ts',
]
const ON_LINUX = ['test/windows/console.test.ts']

export default defineConfig({
  test: {
    include: isWindows ? UNDER_WINE : ON_LINUX,
    exclude: isWindows ? [...ON_LINUX, ...NOT_UNDER_WINE] : [],
    pool: 'forks',
    // Most of the time a test waits for other processes to start.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reporters(),
  },
})
