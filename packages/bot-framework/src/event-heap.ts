/** Something that happens at its time, unless it is cancelled before. */
export interface Scheduled {
  readonly at: number
  readonly order: number
  readonly run: () => void
  cancelled: boolean
}

/** What is to happen, by time, and in the order of scheduling where the time is the same. */
export class EventHeap {
  #heap: Scheduled[] = []
  #order = 0
  #cancelled = 0

  /** How many are to happen. */
  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  add(at: number, run: () => void): Scheduled {
    const event: Scheduled = { at, order: this.#order++, run, cancelled: false }
    const heap = this.#heap
    let index = heap.push(event) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (before(heap[parent]!, event)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = event
    return event
  }

  cancel(event: Scheduled): void {
    if (event.cancelled) return
    event.cancelled = true
    // Most deadlines are never reached, and would be most of the heap in a long run.
    if (++this.#cancelled > 1024 && this.#cancelled * 2 > this.#heap.length) this.#sweep()
  }

  /** The next event, which stays; undefined where there is none. */
  peek(): Scheduled | undefined {
    while (this.#heap[0]?.cancelled) {
      this.#take()
      this.#cancelled--
    }
    return this.#heap[0]
  }

  /** Removes the next event. To cancel it afterwards does nothing. */
  take(): Scheduled | undefined {
    if (!this.peek()) return undefined
    const event = this.#take()!
    event.cancelled = true
    return event
  }

  #take(): Scheduled | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last && last !== first) this.#sink(last, 0)
    return first
  }

  #sweep(): void {
    // Sorted is a heap as well.
    this.#heap = this.#heap
      .filter(({ cancelled }) => !cancelled)
      .toSorted((a, b) => (before(a, b) ? -1 : 1))
    this.#cancelled = 0
  }

  #sink(event: Scheduled, start: number): void {
    const heap = this.#heap
    let index = start
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (before(event, heap[child]!)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = event
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
