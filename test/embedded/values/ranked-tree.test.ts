import { describe, expect, it } from 'vitest'
import { RankedTree } from '../../../src/embedded/values/ranked-tree.js'

describe('a tree made at once', () => {
  it.each([0, 1, 64, 65, 4_096, 4_097, 10_000])('is as one of %d entries that came one by one', count => {
    const entries = Array.from({ length: count }, (_, score) => ({ member: `m${score}`, score }))
    const tree = RankedTree.of(entries)
    expect([...tree.entries()]).toEqual(entries)
    expect(tree.slice(count - 3, count)).toEqual(entries.slice(Math.max(0, count - 3)))
    for (const { score } of entries) expect(tree.search(other => other.score >= score)).toBe(score)
    for (const { score } of entries) tree.insert({ member: 'between', score: score + 0.5 })
    for (const entry of entries) tree.remove(entry)
    expect([...tree.entries()].map(({ score }) => score)).toEqual(entries.map(({ score }) => score + 0.5))
  })
})
