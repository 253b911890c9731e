// Saves by itself at the save points of Redis.
import type { Saving } from './saving.js'
import type { Stored } from './snapshot.js'

/** A snapshot is due if there were so many changes, and the last one is so old. */
const SAVE_POINTS = [
  { seconds: 3600, changes: 1 },
  { seconds: 300, changes: 100 },
  { seconds: 60, changes: 10_000 },
] as const

/** As CONFIG GET save shows them. */
export const SAVE_POINTS_TEXT = SAVE_POINTS.map(({ seconds, changes }) => `${seconds} ${changes}`).join(' ')

const LOOK_EVERY_MS = 1_000
/** The pause after a snapshot that could not be written. */
const RETRY_AFTER_MS = 5_000

/** Checks once a second, for as long as the process lives. */
export function startSavePoints(engine: Stored & { readonly saving: Saving }): void {
  let failedAt = Number.NEGATIVE_INFINITY
  const look = () => {
    const now = Date.now()
    if (now - failedAt < RETRY_AFTER_MS || !isDue(engine, now)) return
    if (!engine.saving.run()) failedAt = now
  }
  setInterval(look, LOOK_EVERY_MS).unref()
}

/** Whether a save point is reached. @param now in ms since 1970 */
export function isDue({ config, dirty, lastSaveAt }: Stored, now: number): boolean {
  if (config.dbfilename === '' || config.savesAtStop === false) return false
  return SAVE_POINTS.some(({ seconds, changes }) => dirty >= changes && now - lastSaveAt > seconds * 1_000)
}
