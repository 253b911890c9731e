// Every kind of server program that skyfly knows, best first: `--engine auto` takes the first one it finds.
import type { EngineName } from '../config/config.js'
import { dragonfly } from './dragonfly.js'
import type { Engine } from './engine.js'
import { redis } from './redis.js'
import { valkey } from './valkey.js'

export const ENGINES = { dragonfly, valkey, redis } as const satisfies Record<EngineName, Engine>
