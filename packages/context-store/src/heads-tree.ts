import { hash } from 'node:crypto'
import type { HeadItem, HeadsSummary, RangeSummary } from './heads-summary.ts'

/** Items in one leaf: more of them become sixteen leaves. */
const LEAF_ITEMS = 32
/** Hexadecimal digits of a place. */
const PLACE_DIGITS = 32
const FINGERPRINT_BYTES = 16
const MODULUS_BITS = 256

/** The newest version of a timeline, as a tree takes it. */
export type Head = Pick<HeadItem, 'key' | 'version' | 'id'>

/** The same with what is asked of it again and again. */
interface PlacedHead extends Head {
  readonly place: string
  /** SHA-256 of it, as a number. */
  readonly sum: bigint
}

interface Node {
  count: number
  /** Of all below, modulo 2^256, in whatever order they came; undefined until it is asked for. */
  sum: bigint | undefined
  /** One for each next digit; those that never had an item are left out. */
  children: (Node | undefined)[] | undefined
  heads: PlacedHead[]
}

/**
 * The newest versions of timelines in the order of the SHA-256 of their keys, with a sum for each
 * range: a change costs a few additions, a range's fingerprint one hash.
 */
export class HeadsTree implements HeadsSummary {
  readonly #root = newNode()
  readonly #heads = new Map<string, PlacedHead>()

  get count(): number {
    return this.#root.count
  }

  /** Takes a timeline in, or its newer version. */
  set(head: Head): void {
    const known = this.#heads.get(head.key)
    if (known?.id === head.id) return
    if (known) this.delete(known.key)
    const placed = placedOf(head)
    this.#heads.set(head.key, placed)
    let node = this.#root
    let depth = 0
    add(node, placed.sum, 1)
    for (; node.children; depth++) {
      node = node.children[digitAt(placed.place, depth)] ??= newNode()
      add(node, placed.sum, 1)
    }
    node.heads.push(placed)
    // Keys that share a whole place are more than anybody can find: they would stay in one leaf.
    if (node.heads.length > LEAF_ITEMS && depth < PLACE_DIGITS) split(node, depth)
  }

  delete(key: string): void {
    const head = this.#heads.get(key)
    if (!head) return
    this.#heads.delete(key)
    let node: Node | undefined = this.#root
    for (let depth = 0; node; depth++) {
      add(node, -head.sum, -1)
      if (!node.children) node.heads = node.heads.filter((one) => one !== head)
      node = node.children?.[digitAt(head.place, depth)]
    }
  }

  range(prefix: string): RangeSummary {
    const { node, exact } = this.#find(prefix)
    if (exact) return summaryOf(node.count, sumBelow(node))
    const heads = node.heads.filter(({ place }) => place.startsWith(prefix))
    return summaryOf(heads.length, sumOf(heads.map(({ sum }) => sum)))
  }

  items(prefix: string, limit = Number.POSITIVE_INFINITY): HeadItem[] {
    const found: HeadItem[] = []
    for (const { sum, ...head } of headsBelow(this.#find(prefix).node)) {
      if (found.length >= limit) break
      if (head.place.startsWith(prefix)) found.push({ ...head, digest: digestOf(sum) })
    }
    return found
  }

  heads(): Iterable<Head> {
    return this.#heads.values()
  }

  /** The node of a prefix; not exact where it is a leaf that holds more than that. */
  #find(prefix: string): { node: Node; exact: boolean } {
    let node = this.#root
    for (let depth = 0; depth < prefix.length; depth++) {
      if (!node.children) return { node, exact: false }
      node = node.children[digitAt(prefix, depth)] ?? newNode()
    }
    return { node, exact: true }
  }
}

/** The place of a timeline in the order: the first half of the SHA-256 of its key, in hexadecimal. */
export function placeOf(key: string): string {
  return hash('sha256', key).slice(0, PLACE_DIGITS)
}

/** Heads of another tree have all of it already, which is most of the work. */
function placedOf(head: Head): PlacedHead {
  if ('place' in head && 'sum' in head) return head as PlacedHead
  const { key, version, id } = head
  const sum = BigInt(`0x${hash('sha256', JSON.stringify([key, version, id]))}`)
  return { key, version, id, place: placeOf(key), sum }
}

function newNode(): Node {
  return { count: 0, sum: undefined, children: undefined, heads: [] }
}

function add(node: Node, sum: bigint, count: number): void {
  node.count += count
  if (node.sum !== undefined) node.sum = BigInt.asUintN(MODULUS_BITS, node.sum + sum)
}

function split(node: Node, depth: number): void {
  const children: (Node | undefined)[] = Array.from({ length: 16 }, () => undefined)
  for (const head of node.heads) {
    const child = (children[digitAt(head.place, depth)] ??= newNode())
    child.count++
    child.heads.push(head)
  }
  node.children = children
  node.heads = []
}

function sumBelow(node: Node): bigint {
  node.sum ??= sumOf(
    node.children?.map((child) => (child ? sumBelow(child) : 0n)) ??
      node.heads.map(({ sum }) => sum),
  )
  return node.sum
}

function sumOf(sums: readonly bigint[]): bigint {
  let total = 0n
  for (const sum of sums) total += sum
  return BigInt.asUintN(MODULUS_BITS, total)
}

function* headsBelow(node: Node): Iterable<PlacedHead> {
  if (node.children) for (const child of node.children) yield* child ? headsBelow(child) : []
  else yield* node.heads.toSorted((a, b) => (a.place < b.place ? -1 : 1))
}

function digitAt(place: string, depth: number): number {
  return Number.parseInt(place[depth] ?? '', 16)
}

function digestOf(sum: bigint): Uint8Array {
  const digits = sum.toString(16).padStart(MODULUS_BITS / 4, '0')
  return new Uint8Array(Buffer.from(digits.slice(0, FINGERPRINT_BYTES * 2), 'hex'))
}

/** Sums can be added to at will; their hash tells nothing that could be added to. */
function summaryOf(count: number, sum: bigint): RangeSummary {
  const whole = hash('sha256', `${count} ${sum.toString(16)}`, 'buffer')
  return { count, fingerprint: new Uint8Array(whole.subarray(0, FINGERPRINT_BYTES)) }
}
