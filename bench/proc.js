// What Linux tells of a living process: its memory and its processor time.
import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory now, and at most so far, in MB. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mb = field => (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { residentMb: mb('VmRSS'), peakMb: mb('VmHWM') }
}

/** Processor time of all its threads so far, in milliseconds; finer than the clock ticks of /proc/PID/stat. */
export function processorMs(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .map(task => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0)
}
