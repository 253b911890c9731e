// What operators ask for: INFO, CONFIG, snapshots, MONITOR, DEBUG, SHUTDOWN.
import type { Row } from './command.js'

export const ADMIN: readonly Row[] = []
