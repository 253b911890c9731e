// INFO: facts about the server, by section.
import { VERSION } from '../../version.js'
import { bytesOf } from '../config.js'
import type { Embedded } from '../embedded.js'
import type { Call } from './command.js'

/** The version of Redis that this server answers like. */
export const VERSION_OF_REDIS = '7.0.15'

type Fields = readonly (readonly [name: string, value: string | number])[]

/** Answers each section once, in the order of the table; without names, all of them. */
export function info({ args, engine, reply }: Call): string {
  const wanted = new Set(args.slice(1).map(word => word.toLowerCase()))
  const isAll = wanted.size === 0 || ['all', 'default', 'everything'].some(word => wanted.has(word))
  const sections = SECTIONS.filter(({ title }) => isAll || wanted.has(title.toLowerCase()))
  const texts = sections.map(({ title, fields }) => {
    const lines = fields(engine).map(([name, value]) => `${name}:${value}\r\n`)
    return `# ${title}\r\n${lines.join('')}`
  })
  return reply.text(texts.join('\r\n'))
}

const SECTIONS: readonly { readonly title: string; readonly fields: (engine: Embedded) => Fields }[] = [
  { title: 'Server', fields: server },
  { title: 'Clients', fields: clients },
  { title: 'Memory', fields: memory },
  { title: 'Persistence', fields: persistence },
  { title: 'Stats', fields: stats },
  { title: 'Replication', fields: replication },
  { title: 'CPU', fields: cpu },
  { title: 'Modules', fields: () => [] },
  { title: 'Errorstats', fields: () => [] },
  { title: 'Cluster', fields: () => [['cluster_enabled', 0]] },
  { title: 'Keyspace', fields: keyspace },
]

function server(engine: Embedded): Fields {
  const uptime = Math.floor((Date.now() - engine.startedAt) / 1000)
  return [
    ['redis_version', VERSION_OF_REDIS],
    ['skyfly_version', VERSION],
    ['redis_mode', 'standalone'],
    ['os', `${process.platform} ${process.arch}`],
    ['arch_bits', 64],
    ['node_version', process.versions.node],
    ['process_id', process.pid],
    ['run_id', engine.runId],
    ['tcp_port', engine.port],
    ['server_time_usec', Date.now() * 1000],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / 86_400)],
    ['executable', bytesOf(process.argv[1] ?? '')],
    ['config_file', ''],
  ]
}

function clients(engine: Embedded): Fields {
  return [
    ['connected_clients', engine.clients.size],
    ['cluster_connections', 0],
    ['maxclients', engine.config.maxclients],
    ['blocked_clients', engine.blocking.count],
    ['tracking_clients', 0],
  ]
}

function memory(engine: Embedded): Fields {
  const { used, peak } = engine.memory
  const { maxmemory } = engine.config
  return [
    ['used_memory', used],
    ['used_memory_human', human(used)],
    ['used_memory_rss', process.memoryUsage.rss()],
    ['used_memory_peak', peak],
    ['used_memory_peak_human', human(peak)],
    ['maxmemory', maxmemory],
    ['maxmemory_human', human(maxmemory)],
    ['maxmemory_policy', 'noeviction'],
    ['mem_allocator', `v8-${process.versions.v8}`],
  ]
}

function persistence({ dirty, lastSaveAt, saving }: Embedded): Fields {
  return [
    ['loading', 0],
    ['async_loading', 0],
    ['rdb_changes_since_last_save', dirty],
    ['rdb_bgsave_in_progress', Number(saving.isStarted)],
    ['rdb_last_save_time', Math.floor(lastSaveAt / 1000)],
    ['rdb_last_bgsave_status', saving.wasOk ? 'ok' : 'err'],
    ['rdb_last_bgsave_time_sec', saving.lastSeconds],
    ['rdb_saves', saving.count],
    ['aof_enabled', 0],
  ]
}

function stats(engine: Embedded): Fields {
  return [
    ['total_connections_received', engine.stats.connections],
    ['total_commands_processed', engine.stats.commands],
    ['rejected_connections', engine.stats.rejected],
    ['expired_keys', engine.stats.expired],
    ['evicted_keys', 0],
    ['pubsub_channels', engine.channels.size],
    ['pubsub_patterns', engine.patterns.size],
  ]
}

function replication({ runId }: Embedded): Fields {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', runId],
    ['master_repl_offset', 0],
  ]
}

function cpu(): Fields {
  const { system, user } = process.cpuUsage()
  return [
    ['used_cpu_sys', (system / 1e6).toFixed(6)],
    ['used_cpu_user', (user / 1e6).toFixed(6)],
  ]
}

function keyspace({ databases }: Embedded): Fields {
  return databases
    .filter(db => db.size > 0)
    .map(db => [`db${db.index}`, `keys=${db.size},expires=${db.expiring},avg_ttl=0`])
}

/** Formats a size like Redis: `1.06M`. */
function human(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return unit === 0 ? `${bytes}B` : `${value.toFixed(2)}${units[unit]}`
}
