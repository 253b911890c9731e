// The sha256 of a file or a text, as lock files and manifests hold it: in hex.
import { createReadStream } from 'node:fs'

export async function sha256Of(path: string): Promise<string> {
  const hash = newHash()
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

export function sha256OfText(text: string): string {
  return newHash().update(text).digest('hex')
}

/** node:crypto takes 3 ms to load, and every command loads this file, though hardly any hashes something. */
function newHash() {
  return process.getBuiltinModule('node:crypto').createHash('sha256')
}
