// When the snapshot is written without being asked for: by the save points of Redis.
import type { Saving } from './saving.js'
import type { Stored } from './snapshot.js'

/** So many changes since the last snapshot, and that so long ago. */
const SAVE_POINTS = [
  { seconds: 3600, changes: 1 },
  { seconds: 300, changes: 100 },
  { seconds: 60, changes: 10_000 },
] as const

/** As CONFIG GET save tells them. */
export const SAVE_POINTS_TEXT = SAVE_POINTS.map(({ seconds, changes }) => `${seconds} ${changes}`).join(' ')

const LOOK_EVERY_MS = 1_000
/** After a snapshot that could not be written. */
const RETRY_AFTER_MS = 5_000

/** Looks once a second, for as long as the process lives. */
export function saveNowAndThen(engine: Stored & { readonly saving: Saving }): void {
  let failedAt = Number.NEGATIVE_INFINITY
  const look = () => {
    const now = Date.now()
    if (now - failedAt < RETRY_AFTER_MS || !isDue(engine, now)) return
    if (!engine.saving.run()) failedAt = now
  }
  setInterval(look, LOOK_EVERY_MS).unref()
}

/** Whether a save point is reached. @param now by the clock of the day, in ms */
export function isDue({ config, dirty, lastSaveAt }: Stored, now: number): boolean {
  if (config.dbfilename === '' || config.savesAtStop === false) return false
  return SAVE_POINTS.some(({ seconds, changes }) => dirty >= changes && now - lastSaveAt > seconds * 1_000)
}
