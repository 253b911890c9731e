// The file that a download is written to: how much has come, its hash, and failures of the disk.
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { cannotWriteCache } from '../cache/cache-folder.js'

/** How many of the first bytes are kept, to tell what kind of file it is. */
export const HEAD_BYTES = 512

export class DownloadFile {
  readonly #path: string
  readonly #file: FileHandle
  #hash = createHash('sha256')
  #bytes = 0
  #furthest = 0
  #head: Buffer = Buffer.alloc(0)

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** @throws SkyflyError `download` where the file cannot be made, or is there already */
  static async create(path: string): Promise<DownloadFile> {
    try {
      return new DownloadFile(path, await open(path, 'wx'))
    } catch (error) {
      throw diskFailure(error, path)
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The most bytes that were ever there; `bytes` is less after it had to start over. */
  get furthest(): number {
    return this.#furthest
  }

  /** Its first bytes, at most 512. */
  get head(): Buffer {
    return this.#head
  }

  async append(chunk: Buffer): Promise<void> {
    try {
      for (let written = 0; written < chunk.length; ) {
        const rest = chunk.subarray(written)
        const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#bytes + written)
        written += bytesWritten
      }
    } catch (error) {
      throw diskFailure(error, this.#path)
    }
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)])
    }
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    this.#furthest = Math.max(this.#furthest, this.#bytes)
  }

  async startOver(): Promise<void> {
    if (this.#bytes === 0) return
    await this.#file.truncate(0)
    this.#hash = createHash('sha256')
    this.#bytes = 0
    this.#head = Buffer.alloc(0)
  }

  /** Hex; nothing can be appended afterwards. */
  sha256(): string {
    return this.#hash.digest('hex')
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

function diskFailure(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error : cannotWriteCache(error, `the folder ${dirname(path)}`)
}
