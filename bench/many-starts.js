// A program that starts many servers at once, prints how many seconds it took until all were ready, and stops them.
// Usage: node bench/many-starts.js COUNT FOLDER
import { start } from '../dist/index.js'

const [count = '50', cwd = ''] = process.argv.slice(2)

const names = Array.from({ length: Number(count) }, (_, index) => `p${index}`)
const since = performance.now()
const servers = await Promise.all(names.map(name => start({ cwd, name, port: 'auto', ephemeral: true })))
const seconds = (performance.now() - since) / 1000
await Promise.all(servers.map(server => server.stop()))
process.stdout.write(String(seconds))
