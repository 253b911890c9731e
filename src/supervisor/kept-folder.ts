// The data folder of a server that runs: made again when somebody removes it, and what that means for a stop.
import { mkdirSync, statSync } from 'node:fs'
import { nameFlag } from '../config/config.js'
import { SkyflyError } from '../errors.js'

export class KeptFolder {
  readonly #inode: number | undefined
  #isLost = false

  /** @param onLost called when it turns out that it was removed */
  constructor(
    readonly dir: string,
    readonly onLost: (text: string) => void,
  ) {
    this.#inode = inodeOf(dir)
  }

  look(): void {
    const inode = inodeOf(this.dir)
    if (inode === this.#inode && inode !== undefined) return
    if (inode === undefined) makeAgain(this.dir)
    if (this.#isLost) return
    this.#isLost = true
    this.onLost(
      `the data folder ${this.dir} was removed while the server runs, and its snapshots with it; what the server holds in memory is not lost yet`,
    )
  }

  /** What a stop failed with, with the way out where the folder is the cause. */
  explain(
    error: SkyflyError,
    { name, port }: { readonly name: string; readonly port: number | null },
  ): SkyflyError {
    this.look()
    if (!this.#isLost) return error
    const message = `${error.message}; its data folder ${this.dir} was removed while it runs, and it cannot save there any more`
    return new SkyflyError(error.code, message, {
      hint: `save what it holds by a client, for instance: redis-cli -p ${port} --rdb dump.rdb, and then end it by: skyfly stop${nameFlag(name)} --force`,
      details: error.details,
    })
  }
}

function inodeOf(dir: string): number | undefined {
  return statSync(dir, { throwIfNoEntry: false })?.ino
}

function makeAgain(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch {
    // The next look tries again.
  }
}
