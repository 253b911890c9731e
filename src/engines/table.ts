// Every kind of server program that skyfly knows, a row for each of ENGINE_NAMES.
import type { EngineName } from '../config/config.js'
import { dragonfly } from './dragonfly/dragonfly.js'
import { embedded } from './embedded.js'
import type { Engine } from './engine.js'
import { garnet } from './garnet/garnet.js'
import { memurai } from './redis/memurai.js'
import { redis } from './redis/redis.js'
import { valkey } from './redis/valkey.js'

export const ENGINES = { dragonfly, valkey, redis, memurai, garnet, embedded } as const satisfies Record<
  EngineName,
  Engine
>
