// How many cores and how much memory this process may use: what the machine has, less what its control groups
// hold back.
import { readFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'

/** Cores and memory that this process may use within its control groups. */
export interface Resources {
  readonly cores: number
  readonly memoryBytes: number
}

/** Reads a file; undefined: it is not there, or may not be read. */
export type ReadText = (path: string) => string | undefined

/** Costs a few reads of files in memory on Linux. Other systems have no such files. */
export function resources(): Resources {
  // Node gives MemAvailable here, which counts what caches could give back.
  return withinControlGroups({ cores: availableParallelism(), memoryBytes: freemem() }, readText)
}

/** Pure except for `read`. A limit applies to all groups below, so each group up to the root counts. */
export function withinControlGroups(machine: Resources, read: ReadText): Resources {
  const groups = controlGroups(read('/proc/self/cgroup') ?? '')
  const cores = groups.flatMap(group => cpuLimit(group, read) ?? [])
  const memory = groups.flatMap(group => memoryLeft(group, read) ?? [])
  return {
    cores: Math.max(1, Math.min(machine.cores, ...cores)),
    memoryBytes: Math.max(0, Math.min(machine.memoryBytes, ...memory)),
  }
}

/** A control group of this process, or one that it lies in. */
export interface ControlGroup {
  /** Control groups came in two versions: one tree for all, and one tree for each controller. */
  readonly version: 1 | 2
  readonly controller: 'all' | 'cpu' | 'memory'
  readonly dir: string
}

const ROOT = '/sys/fs/cgroup'

/** The control groups that count, innermost first, from the text of /proc/self/cgroup. */
export function controlGroups(text: string): readonly ControlGroup[] {
  return text.split('\n').flatMap(line => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) return []
    const controller = controllerOf(controllers)
    if (controller === undefined) return []
    const version = controller === 'all' ? 2 : 1
    // A name such as `cpu,cpuacct` has a link for each of its parts.
    const root = version === 2 ? ROOT : `${ROOT}/${controller}`
    return upwards(path).map(own => ({ version, controller, dir: root + own }))
  })
}

function controllerOf(controllers: string): ControlGroup['controller'] | undefined {
  if (controllers === '') return 'all'
  return (['cpu', 'memory'] as const).find(name => controllers.split(',').includes(name))
}

/** `/a/b` -> `/a/b`, `/a`, ``. In a container the path may be the host's, and only the root of it exists. */
function upwards(path: string): readonly string[] {
  const parts = path.split('/').filter(part => part !== '')
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    parts
      .slice(0, parts.length - up)
      .map(part => `/${part}`)
      .join(''),
  )
}

function cpuLimit({ version, controller, dir }: ControlGroup, read: ReadText): number | undefined {
  if (controller === 'memory') return undefined
  const [quota, period] =
    version === 2
      ? (read(`${dir}/cpu.max`) ?? '').trim().split(' ')
      : [read(`${dir}/cpu.cfs_quota_us`), read(`${dir}/cpu.cfs_period_us`)]
  // `max` and -1 mean no limit. Part of a core counts as one: Dragonfly cannot use less.
  const cores = Math.ceil(Number(quota) / Number(period))
  return cores > 0 && Number.isFinite(cores) ? cores : undefined
}

const MEMORY_FILES = {
  1: { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', cache: 'total_inactive_file' },
  2: { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' },
} as const

/** Version 1 expresses "no limit" by a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 62

function memoryLeft({ version, controller, dir }: ControlGroup, read: ReadText): number | undefined {
  if (controller === 'cpu') return undefined
  const files = MEMORY_FILES[version]
  const limit = Number.parseInt(read(`${dir}/${files.limit}`) ?? '', 10)
  if (Number.isNaN(limit) || limit >= NO_LIMIT_BYTES) return undefined
  const usage = Number.parseInt(read(`${dir}/${files.usage}`) ?? '0', 10)
  // File cache that nobody touched lately counts as used, but the kernel gives it up at once.
  const cache = new RegExp(`^${files.cache} (\\d+)$`, 'm').exec(read(`${dir}/memory.stat`) ?? '')
  return limit - Math.max(0, usage - Number(cache?.[1] ?? 0))
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not Linux, another version of control groups, or a container that hides them: no limit is known.
    return undefined
  }
}
