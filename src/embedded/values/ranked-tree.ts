// A tree of entries by score. Each branch knows how many entries are below it, so a rank costs O(log n).

export interface Entry {
  readonly member: string
  readonly score: number
}

export class RankedTree {
  #root: Node = new Leaf([])

  /** Builds a tree from sorted entries, without searching a place for each. */
  static of(sorted: readonly Entry[]): RankedTree {
    const tree = new RankedTree()
    let nodes: Node[] = parts(sorted).map(items => new Leaf(items))
    while (nodes.length > 1) nodes = parts(nodes).map(children => new Branch(children))
    tree.#root = nodes[0] ?? tree.#root
    return tree
  }

  insert(entry: Entry): void {
    const split = this.#root.insert(entry)
    if (split !== undefined) this.#root = new Branch([this.#root, split])
  }

  /** The entry must be in the tree. */
  remove(entry: Entry): void {
    this.#root.remove(entry)
    while (this.#root instanceof Branch && this.#root.children.length === 1)
      this.#root = this.#root.children[0] ?? new Leaf([])
    if (this.#root.size === 0) this.#root = new Leaf([])
  }

  /** How many entries come before the first for which isReached holds; it must hold for all after it, too. */
  search(isReached: (entry: Entry) => boolean): number {
    return this.#root.search(isReached)
  }

  /** The entries with ranks from start to end - 1. */
  slice(start: number, end: number): Entry[] {
    const found: Entry[] = []
    this.#root.collect(start, end, found)
    return found
  }

  /** All entries in order. The tree must not change meanwhile. */
  entries(): Generator<Entry> {
    return this.#root.entries()
  }
}

/** Sorts entries by score, and equal scores by member. */
export function inOrder(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

export function isBefore(a: Entry, b: Entry): boolean {
  return a.score < b.score || (a.score === b.score && a.member < b.member)
}

/** The most entries in a leaf, and the most children of a branch. */
const MAX_WIDTH = 64

interface Node {
  readonly size: number
  /** The last entry below this node. */
  readonly last: Entry | undefined
  /** @returns the right half, if the node had to be split */
  insert(entry: Entry): Node | undefined
  remove(entry: Entry): void
  search(isReached: (entry: Entry) => boolean): number
  collect(start: number, end: number, into: Entry[]): void
  entries(): Generator<Entry>
}

class Leaf implements Node {
  constructor(readonly items: Entry[]) {}

  get size(): number {
    return this.items.length
  }

  get last(): Entry | undefined {
    return this.items[this.items.length - 1]
  }

  insert(entry: Entry): Leaf | undefined {
    const { items } = this
    const at = this.search(other => !isBefore(other, entry))
    items.splice(at, 0, entry)
    return items.length > MAX_WIDTH ? new Leaf(items.splice(cutOf(at))) : undefined
  }

  remove(entry: Entry): void {
    this.items.splice(
      this.search(other => !isBefore(other, entry)),
      1,
    )
  }

  search(isReached: (entry: Entry) => boolean): number {
    return firstOf(this.items, isReached)
  }

  collect(start: number, end: number, into: Entry[]): void {
    const { items } = this
    for (let at = Math.max(0, start); at < end; at++) {
      const entry = items[at]
      if (entry === undefined) return
      into.push(entry)
    }
  }

  *entries(): Generator<Entry> {
    yield* this.items
  }
}

/** An empty child is removed, a sparse one stays, so removing never makes the tree deeper. */
class Branch implements Node {
  size = 0
  last: Entry | undefined

  constructor(readonly children: Node[]) {
    this.#count()
  }

  insert(entry: Entry): Branch | undefined {
    const { children } = this
    // An entry after all others goes into the last child.
    const at = Math.min(
      this.#childOf(other => !isBefore(other, entry)),
      children.length - 1,
    )
    const split = children[at]?.insert(entry)
    if (split !== undefined) children.splice(at + 1, 0, split)
    if (children.length > MAX_WIDTH) {
      const right = new Branch(children.splice(cutOf(at + 1)))
      this.#count()
      return right
    }
    this.size++
    this.last = children[children.length - 1]?.last
    return undefined
  }

  remove(entry: Entry): void {
    const { children } = this
    const at = this.#childOf(other => !isBefore(other, entry))
    const child = children[at]
    child?.remove(entry)
    if (child?.size === 0) children.splice(at, 1)
    this.size--
    this.last = children[children.length - 1]?.last
  }

  search(isReached: (entry: Entry) => boolean): number {
    const at = this.#childOf(isReached)
    let before = 0
    for (let child = 0; child < at; child++) before += this.children[child]?.size ?? 0
    return before + (this.children[at]?.search(isReached) ?? 0)
  }

  collect(start: number, end: number, into: Entry[]): void {
    let before = 0
    for (const child of this.children) {
      if (before >= end) return
      if (before + child.size > start) child.collect(start - before, end - before, into)
      before += child.size
    }
  }

  *entries(): Generator<Entry> {
    for (const child of this.children) yield* child.entries()
  }

  /** The first child whose last entry is reached. */
  #childOf(isReached: (entry: Entry) => boolean): number {
    return firstOf(this.children, child => child.last !== undefined && isReached(child.last))
  }

  #count(): void {
    this.size = this.children.reduce((size, child) => size + child.size, 0)
    this.last = this.children[this.children.length - 1]?.last
  }
}

function parts<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / MAX_WIDTH)
  return Array.from({ length: count }, (_, at) => list.slice(at * MAX_WIDTH, (at + 1) * MAX_WIDTH))
}

/**
 * Splits in the middle, but leaves the left part full if the entry was added at the end, as with scores that
 * are times.
 */
function cutOf(insertedAt: number): number {
  return insertedAt === MAX_WIDTH ? MAX_WIDTH : MAX_WIDTH / 2
}

/** The index of the first item for which isReached holds; it holds for all after it. */
function firstOf<T>(list: readonly T[], isReached: (item: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = list[middle]
    if (item !== undefined && !isReached(item)) low = middle + 1
    else high = middle
  }
  return low
}
