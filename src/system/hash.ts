// The sha256 of a file or a text, as lock files and manifests hold it: in hex.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
