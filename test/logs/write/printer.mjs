// A process that prints on the built console. Its argument is JSON: `lines` to print in one go, `maxQueueBytes`, and `flushMs`.
// It says on standard error when it has printed and what that took, and then ends by itself, without process.exit.
import { openConsole } from '../../../dist/logs/write/console.js'

const { lines, maxQueueBytes, flushMs } = JSON.parse(process.argv[2])
const console = openConsole({ fd: 1, stream: process.stdout, colour: false, logFile: 'a.log', maxQueueBytes })
const start = performance.now()
for (let number = 0; number < lines; number += 100)
  console.write(Array.from({ length: 100 }, (_, index) => `line ${number + index}\n`).join(''))
process.stderr.write(`printed ${Math.round(performance.now() - start)}\n`)
await console.flush(flushMs)
console.close()
process.stderr.write(`closed ${Math.round(performance.now() - start)}\n`)
