// Which paths of files within a cache entry are harmless on every system.

/** Plain names separated by `/`: the path stays in its folder, and Windows sees no device or drive in it. */
export function isInnerPath(path: string): boolean {
  return path.length <= MAX_LENGTH && path.split('/').every(isStep)
}

const MAX_LENGTH = 200
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

function isStep(step: string): boolean {
  return /^[a-z\d][\w.+-]*$/i.test(step) && !step.endsWith('.') && !step.includes('\n') && !DEVICE.test(step)
}
