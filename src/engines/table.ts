// Every kind of server program that skyfly knows, best first: `--engine auto` takes the first one it finds, and skyfly's own at last.
import type { EngineName } from '../config/config.js'
import { dragonfly } from './dragonfly.js'
import { embedded } from './embedded.js'
import type { Engine } from './engine.js'
import { garnet } from './garnet.js'
import { memurai } from './memurai.js'
import { redis } from './redis.js'
import { valkey } from './valkey.js'

export const ENGINES = { dragonfly, valkey, redis, memurai, garnet, embedded } as const satisfies Record<
  EngineName,
  Engine
>
