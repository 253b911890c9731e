// Reads a JSON file again and again until it is told that it is enough, then says what it saw.
import { readFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
const seen = { whole: 0, broken: 0, missing: 0, refused: 0 }
let isEnough = false
process.on('message', () => {
  isEnough = true
})

function look() {
  try {
    JSON.parse(readFileSync(file, 'utf8'))
    seen.whole++
  } catch (error) {
    if (error.code === undefined) seen.broken++
    else if (error.code === 'ENOENT') seen.missing++
    else seen.refused++
  }
  if (isEnough) process.send(seen, () => process.disconnect())
  else setImmediate(look)
}

process.send('reading')
look()
