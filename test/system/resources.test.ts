import { describe, expect, it } from 'vitest'
import { controlGroups, resources, withinControlGroups } from '../../src/system/resources.js'

const GIB = 1024 ** 3
const MACHINE = { cores: 8, memoryBytes: 16 * GIB }

describe('cores and memory', () => {
  it.each([
    ['no control groups at all', {}, { cores: 8, memoryBytes: 16 * GIB }],
    [
      'version 2 without limits',
      {
        '/proc/self/cgroup': '0::/\n',
        '/sys/fs/cgroup/cpu.max': 'max 100000\n',
        '/sys/fs/cgroup/memory.max': 'max\n',
      },
      { cores: 8, memoryBytes: 16 * GIB },
    ],
    [
      'a container of version 2',
      {
        '/proc/self/cgroup': '0::/\n',
        '/sys/fs/cgroup/cpu.max': '150000 100000\n',
        '/sys/fs/cgroup/memory.max': `${2 * GIB}\n`,
        '/sys/fs/cgroup/memory.current': `${GIB}\n`,
        '/sys/fs/cgroup/memory.stat': `anon 5\ninactive_file ${GIB / 2}\nactive_file 7\n`,
      },
      { cores: 2, memoryBytes: 1.5 * GIB },
    ],
    [
      'a limit of a parent',
      {
        '/proc/self/cgroup': '0::/user.slice/job.scope\n',
        '/sys/fs/cgroup/user.slice/job.scope/memory.max': 'max\n',
        '/sys/fs/cgroup/user.slice/memory.max': `${GIB}\n`,
        '/sys/fs/cgroup/user.slice/memory.current': `${GIB / 4}\n`,
        '/sys/fs/cgroup/user.slice/cpu.max': '50000 100000\n',
      },
      { cores: 1, memoryBytes: 0.75 * GIB },
    ],
    [
      'version 1 without limits',
      {
        '/proc/self/cgroup': '4:memory:/a/b\n2:cpu,cpuacct:/\n0::/\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      { cores: 8, memoryBytes: 16 * GIB },
    ],
    [
      'a container of version 1, which is told the path of its host',
      {
        '/proc/self/cgroup': '4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${GIB}\n`,
        '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${GIB}\n`,
        '/sys/fs/cgroup/memory/memory.stat': `cache 1\ntotal_inactive_file ${GIB / 4}\n`,
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '250000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      { cores: 3, memoryBytes: GIB / 4 },
    ],
    [
      'a full control group',
      {
        '/proc/self/cgroup': '0::/\n',
        '/sys/fs/cgroup/memory.max': '1000\n',
        '/sys/fs/cgroup/memory.current': '2000\n',
      },
      { cores: 8, memoryBytes: 0 },
    ],
  ])('with %s', (_, files, expected) => {
    const texts: Readonly<Record<string, string | undefined>> = files
    expect(withinControlGroups(MACHINE, path => texts[path])).toEqual(expected)
  })

  it('of this machine are there', () => {
    expect(resources().cores).toBeGreaterThanOrEqual(1)
    expect(resources().memoryBytes).toBeGreaterThan(1024 * 1024)
  })

  it('look at every control group from the own one up to the root', () => {
    expect(controlGroups('0::/a/b\n').map(group => group.dir)).toEqual([
      '/sys/fs/cgroup/a/b',
      '/sys/fs/cgroup/a',
      '/sys/fs/cgroup',
    ])
  })
})
