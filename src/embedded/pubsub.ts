// Channels: who subscribes to them, and what is published.
import type { Row } from './command.js'

export const PUBSUB: readonly Row[] = []
