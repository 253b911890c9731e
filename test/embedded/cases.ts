// Tables of requests, each run against this engine and a redis-server in both protocols.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisServer } from '../project.js'
import { Own, Pair, Real, type Words } from './pair.js'

/** A request to both, on a connection of its own if it has a name. */
export type Step = Words | { readonly on: string; readonly words: Words } | { readonly unordered: Words }

export function describeCases(title: string, cases: Readonly<Record<string, readonly Step[]>>): void {
  // Without a redis-server there is nothing to compare with.
  describe.skipIf(redisServer === undefined)(title, () => {
    let own: Own
    let real: Real
    beforeAll(async () => {
      own = await Own.open()
      real = await Real.open(['--enable-debug-command', 'yes'])
    })
    afterAll(async () => {
      await own[Symbol.asyncDispose]()
      await real[Symbol.asyncDispose]()
    })

    describe.each([2, 3])('in RESP%d', protocol => {
      it.each(Object.entries(cases))('%s', async (_, steps) => {
        await using pairs = new Pairs(own, real, protocol)
        await (await pairs.get('')).same(['FLUSHALL'])
        for (const step of steps) {
          if ('on' in step) await (await pairs.get(step.on)).same(step.words)
          else if ('unordered' in step) await (await pairs.get('')).same(step.unordered, { unordered: true })
          else await (await pairs.get('')).same(step)
        }
      })
    })
  })
}

/** Connections by name, opened when they are first asked for. */
export class Pairs implements AsyncDisposable {
  readonly #pairs = new Map<string, Pair>()

  constructor(
    readonly own: Own,
    readonly real: Real,
    readonly protocol: number,
  ) {}

  async get(name: string): Promise<Pair> {
    const known = this.#pairs.get(name)
    if (known !== undefined) return known
    const pair = await Pair.open(this.own, this.real)
    this.#pairs.set(name, pair)
    if (this.protocol === 3) for (const { raw } of await pair.both(['HELLO', 3])) expect(raw).toMatch(/^%7/)
    return pair
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs.values()) pair[Symbol.dispose]()
  }
}

/** What came without being asked for, on both. */
export async function sameMessage({ own, real }: Pair): Promise<string> {
  const [ours, theirs] = await Promise.all([own.read(), real.read()])
  expect(ours.raw).toBe(theirs.raw)
  return ours.raw
}
