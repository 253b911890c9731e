// Paths of files within an entry of the cache: which ones are harmless, on every system.

/** Of plain steps divided by `/`: it stays in its folder, and Windows takes no step for a device, a drive or a stream. */
export function isInnerPath(path: string): boolean {
  return path.length <= MAX_LENGTH && path.split('/').every(isStep)
}

const MAX_LENGTH = 200
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

function isStep(step: string): boolean {
  return /^[a-z\d][\w.+-]*$/i.test(step) && !step.endsWith('.') && !step.includes('\n') && !DEVICE.test(step)
}
