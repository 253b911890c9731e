// Entries in the order of scores, in a tree that knows how many are below each branch: ranks in O(log n).

export interface Entry {
  readonly member: string
  readonly score: number
}

export class RankedTree {
  #root: Node = new Leaf([])

  /** Of entries in their order: without a search for each. */
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

  /** It has to be there. */
  remove(entry: Entry): void {
    this.#root.remove(entry)
    while (this.#root instanceof Branch && this.#root.children.length === 1)
      this.#root = this.#root.children[0] ?? new Leaf([])
    if (this.#root.size === 0) this.#root = new Leaf([])
  }

  /** How many are before the first that is reached; from there on all have to be. */
  search(isReached: (entry: Entry) => boolean): number {
    return this.#root.search(isReached)
  }

  /** Those of the ranks from start to below end. */
  slice(start: number, end: number): Entry[] {
    const found: Entry[] = []
    this.#root.collect(start, end, found)
    return found
  }

  /** In order. It must not change meanwhile. */
  entries(): Generator<Entry> {
    return this.#root.entries()
  }
}

/** Entries sorted. */
export function inOrder(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

export function isBefore(a: Entry, b: Entry): boolean {
  return a.score < b.score || (a.score === b.score && a.member < b.member)
}

/** Of a leaf's entries, and of a branch's children. */
const MAX_WIDTH = 64

interface Node {
  readonly size: number
  /** Of all below it. */
  readonly last: Entry | undefined
  /** @returns the right part, if it had to be split */
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

/** A child that is empty goes; one that is only sparse stays, so the tree never gets deeper by removing. */
class Branch implements Node {
  size = 0
  last: Entry | undefined

  constructor(readonly children: Node[]) {
    this.#count()
  }

  insert(entry: Entry): Branch | undefined {
    const { children } = this
    // What is after all others goes into the last child.
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

  /** The first that ends where it is reached, or later. */
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

/** In the middle; what grows at its end is left full, as it is with scores that are times. */
function cutOf(insertedAt: number): number {
  return insertedAt === MAX_WIDTH ? MAX_WIDTH : MAX_WIDTH / 2
}

/** The index of the first that is reached; all after it are. */
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
