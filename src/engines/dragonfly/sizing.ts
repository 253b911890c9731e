// How many threads and how much memory a Dragonfly gets, chosen together so that it always starts.
import { SkyflyError } from '../../errors.js'
import type { Resources } from '../../system/resources.js'

const MIB = 1024 * 1024
/** Dragonfly exits when it has less than this for each thread; with exactly this much it starts. */
const THREAD_MIB = 256
/**
 * Share of the available memory that the data may take when nobody says otherwise; Dragonfly's own default.
 */
const DEFAULT_SHARE = 0.8

/** Memory in bytes, and threads; undefined: not asked for. */
interface Wish {
  readonly maxmemory?: number | undefined
  readonly threads?: number | undefined
}

export interface Sizing {
  readonly threads: number
  readonly maxmemoryMib: number
}

/**
 * @param settings what skyfly was asked for
 * @param forced what the user's own server arguments ask for: it wins, is never refused here, and the rest is
 * made to fit
 * @throws SkyflyError `usage` where the settings leave too little memory for the threads
 */
export function size({ cores, memoryBytes }: Resources, settings: Wish, forced: Wish = {}): Sizing {
  const availableMib = Math.max(THREAD_MIB, Math.floor((memoryBytes * DEFAULT_SHARE) / MIB))
  const memory = forced.maxmemory ?? settings.maxmemory
  const wantedThreads = forced.threads ?? settings.threads
  if (memory === undefined) {
    const threads = wantedThreads ?? Math.min(cores, threadsIn(availableMib))
    return { threads, maxmemoryMib: Math.max(availableMib, threads * THREAD_MIB) }
  }
  const wantedMib = Math.floor(memory / MIB)
  if (forced.maxmemory !== undefined) {
    const threads = forced.threads ?? Math.min(wantedThreads ?? cores, threadsIn(wantedMib))
    return { threads, maxmemoryMib: wantedMib }
  }
  if (forced.threads !== undefined) {
    return { threads: forced.threads, maxmemoryMib: Math.max(wantedMib, forced.threads * THREAD_MIB) }
  }
  refuseTooLittle(wantedMib, wantedThreads ?? 1)
  return { threads: wantedThreads ?? Math.min(cores, threadsIn(wantedMib)), maxmemoryMib: wantedMib }
}

const threadsIn = (mib: number) => Math.max(1, Math.floor(mib / THREAD_MIB))

function refuseTooLittle(mib: number, threads: number): void {
  const neededMib = threads * THREAD_MIB
  if (mib >= neededMib) return
  const fewer = mib < THREAD_MIB ? '' : `, or --threads ${threadsIn(mib)}`
  throw new SkyflyError(
    'usage',
    `${mib} MiB of memory are too little for ${threads} ${threads === 1 ? 'thread' : 'threads'} of Dragonfly, ` +
      `which needs ${THREAD_MIB} MiB for each`,
    { hint: `use --maxmemory ${neededMib}mb${fewer}` },
  )
}
