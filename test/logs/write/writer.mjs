// A process that writes the built log. Its argument is the log's options as JSON; every line of its standard input, `FROM TO`,
// makes it write the numbered lines between them and then print how many were dropped so far.
import { createInterface } from 'node:readline'
import { openLog } from '../../../dist/logs/write/log.js'

const log = openLog({ format: 'json', parseLine: () => undefined, ...JSON.parse(process.argv[2]) })
for await (const command of createInterface({ input: process.stdin })) {
  const [from, to] = command.split(' ').map(Number)
  for (let number = from; number < to; number++) log.write('stdout', Buffer.from(`line ${number}\n`))
  process.stdout.write(`${log.droppedLines}\n`)
}
log.close()
