/** Something that will happen at its time, unless it is cancelled before. */
export interface Scheduled {
  readonly at: number
  readonly order: number
  readonly run: () => void
  /** Cancelled ones stay in the queue and are skipped: most deadlines are never reached. */
  cancelled: boolean
}

/** What is to happen, by time, and in the order of scheduling where the time is the same. */
export class EventQueue {
  readonly #heap: Scheduled[] = []
  #scheduled = 0
  #cancelled = 0

  add(at: number, run: () => void): Scheduled {
    const event: Scheduled = { at, order: this.#scheduled++, run, cancelled: false }
    this.#heap.push(event)
    this.#rise(this.#heap.length - 1)
    return event
  }

  cancel(event: Scheduled): void {
    if (event.cancelled) return
    event.cancelled = true
    // Most of a long run's queue would be deadlines of calls that ended long ago.
    if (++this.#cancelled > 1024 && this.#cancelled * 2 > this.#heap.length) this.#sweep()
  }

  /** The next event, which stays; undefined where there is none. */
  peek(): Scheduled | undefined {
    while (this.#heap[0]?.cancelled) this.#take()
    return this.#heap[0]
  }

  /** Removes what {@link peek} gave. An event that was taken can be cancelled without effect. */
  take(): Scheduled | undefined {
    const event = this.#take()
    if (event) event.cancelled = true
    return event
  }

  #take(): Scheduled | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (first?.cancelled) this.#cancelled--
    if (last && first !== last) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #sweep(): void {
    const live = this.#heap.filter(({ cancelled }) => !cancelled)
    this.#heap.length = 0
    for (const event of live) this.#heap.push(event)
    for (let index = (live.length >> 1) - 1; index >= 0; index--) this.#sink(index)
    this.#cancelled = 0
  }

  #rise(start: number): void {
    const heap = this.#heap
    const event = heap[start]!
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (before(heap[parent]!, event)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = event
  }

  #sink(start: number): void {
    const heap = this.#heap
    const event = heap[start]!
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
