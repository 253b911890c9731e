// That a server was started which does not load the append-only file in its folder: from then on that file is older than the
// data, and the times of the files alone cannot tell, since a server with one writes its dump.rdb later, too.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../engines/engine.js'
import { namesIn, statOf } from './entries.js'
import { kindOf, listSnapshots } from './snapshot-files.js'

const MARK = 'appendonly.passed-over'

/** Undefined: no server has passed one over. */
export function passedOverMs(dir: string): number | undefined {
  return namesIn(dir).includes(MARK) ? statOf(join(dir, MARK))?.mtimeMs : undefined
}

/** Call it before a server starts in the folder. */
export function markPassedOver(dir: string, engine: Engine, serverArgs: readonly string[]): void {
  const aofs = listSnapshots(dir).filter(({ name }) => kindOf(name) === 'aof')
  try {
    if (aofs.some(({ name }) => engine.loads(name, serverArgs))) rmSync(join(dir, MARK), { force: true })
    else if (aofs.length > 0) writeFileSync(join(dir, MARK), TEXT)
  } catch {
    // A full disk: the server will not write a newer snapshot either.
  }
}

const TEXT =
  'Since this file was written, the servers in this folder have not written the append-only file beside it.\n'
