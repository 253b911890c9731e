// A random campaign: signals, targets, states, modes and engines, and commands that meet each other. The seed is printed,
// and SKYFLY_FAULT_SEED has it again; SKYFLY_FAULT_SECONDS says how long (600).
import { expect, it } from 'vitest'
import { RACES, type RaceName } from './races.js'
import { type Random, seeded } from './random.js'
import { pickSignalTrial, sendSignal } from './signals.js'
import { ENGINE_NAMES, MODES, Subject } from './subject.js'

const SEED = Number(process.env.SKYFLY_FAULT_SEED ?? Date.now() % 1_000_000)
const SECONDS = Number(process.env.SKYFLY_FAULT_SECONDS ?? 600)
const AT_ONCE = 2

it(
  `keeps every promise through ${SECONDS} s of faults, seed ${SEED}`,
  async () => {
    const random = seeded(SEED)
    const deadline = performance.now() + SECONDS * 1_000
    const violations: string[] = []
    const counts = new Map<string, number>()
    const work = async () => {
      while (performance.now() < deadline) {
        const { title, kind, found } = await oneTrial(random)
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
        for (const violation of found) violations.push(`${title}: ${violation}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    process.stdout.write(
      `${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}, seed ${SEED}\n`,
    )
    expect(violations).toEqual([])
  },
  (SECONDS + 120) * 1_000,
)

async function oneTrial(random: Random) {
  const engine = random.pick(ENGINE_NAMES)
  const isRace = random.next() < 0.4
  const mode = isRace ? 'detach' : random.pick(MODES)
  await using subject = new Subject(engine, mode)
  const race = random.pick(Object.keys(RACES) as RaceName[])
  const trial = pickSignalTrial(random)
  const title = isRace
    ? `${engine}, ${race}`
    : `${engine}, ${mode}, ${trial.signal} to ${trial.target}, ${trial.state}`
  try {
    const promised = isRace ? await RACES[race](subject, random) : await sendSignal(subject, trial, random)
    await subject.recovers(promised)
    await subject.status()
    await subject.stops()
  } catch (error) {
    subject.violations.push(String(error))
  }
  return { title, kind: isRace ? 'races' : 'signals', found: subject.violations }
}
