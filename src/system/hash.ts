// The sha256 of a file, as lock files and manifests hold it: in hex.
import { createReadStream } from 'node:fs'

export async function sha256Of(path: string): Promise<string> {
  // Loaded here: it takes 3 ms, and most starts hash nothing.
  const { createHash } = process.getBuiltinModule('node:crypto')
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}
