// Every row, in the order of the goals.
import { flood } from './flood.js'
import { help } from './help.js'
import { idle } from './idle.js'
import { many } from './many.js'
import { read } from './read.js'
import { restart } from './restart.js'
import { second } from './second.js'
import { size } from './size.js'
import { start } from './start.js'
import { status } from './status.js'
import { stop } from './stop.js'
import { write } from './write.js'

/** @type {readonly { name: string, about: string, measure: (workplace: import('../workplace.js').Workplace) => Promise<import('../report.js').Line[]> }[]} */
export const ROWS = [start, status, stop, help, second, restart, idle, flood, write, read, many, size]
