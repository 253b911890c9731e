// The background process: small in memory, it waits for the order of its starter and hands it to run.ts.
import { setFlagsFromString } from 'node:v8'
import type { StartOrder } from './start.js'

process.title = 'skyfly'
// On the command line they would cost 11 ms, since Node's own code cache is built for other flags. Measured:
// a young generation that does not grow and an optimiser that waits take 51 MB idle instead of 55, and 66
// instead of 106 after a million log lines.
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--interrupt-budget=2000000')
const owner = import('./run.js')
process.once('message', async (order: StartOrder) => (await owner).runOrdered(order))
