import { shortOf } from './say.ts'
import type { Stage } from './stage.ts'

/** Names that can be completed, at most. */
const KNOWN = 50_000
const OFFERED = 50
const SCHEME = 'ucxl://'

/** Addresses that are known, in order, for completing what is typed. */
export class KnownAddresses {
  #sorted: readonly string[] = []

  /** Reads those of the store. */
  async read(stage: Stage, signal: AbortSignal): Promise<void> {
    const keys: string[] = []
    const all = stage.source.store.list('ucxl://any:any@any:any/**', { alive: true, signal })
    for await (const { record } of all) {
      keys.push(record.key)
      if (keys.length >= KNOWN) break
    }
    this.#sorted = keys.toSorted()
  }

  /** How what was typed can go on: to the end of the next name, or to a whole address. */
  complete(typed: string): readonly string[] {
    const isLong = typed.startsWith(SCHEME)
    if (!isLong && SCHEME.startsWith(typed) && typed !== '') return [SCHEME]
    const start = namesLower(shortOf(typed))
    const found = new Set<string>()
    let at = this.#firstFrom(start)
    while (at < this.#sorted.length && found.size < OFFERED) {
      const key = this.#sorted[at] ?? ''
      if (!key.startsWith(start)) break
      const end = key.slice(start.length).search(/[:@/]/)
      const next = end < 0 ? key : key.slice(0, start.length + end + 1)
      found.add(isLong ? SCHEME + next : next)
      // Past all that go on in the same way.
      at = end < 0 ? at + 1 : Math.max(at + 1, this.#firstFrom(`${next}\uffff`))
    }
    return [...found]
  }

  /** The place of the first that is not before a text. */
  #firstFrom(text: string): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? '') < text) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Names are in lower case, whatever was typed; paths are as they are. */
function namesLower(text: string): string {
  const end = text.indexOf('/')
  return end < 0 ? text.toLowerCase() : text.slice(0, end).toLowerCase() + text.slice(end)
}

/** Asks for an address, completes it, and opens it. */
export function jump(stage: Stage, known: KnownAddresses): void {
  const prompt = stage.ask({
    label: ':',
    complete: (text) => known.complete(text),
    onEnter: (text) => {
      if (text.trim() !== '') stage.show(text.trim())
    },
  })
  // Behind it, so that one can type at once.
  stage.run(
    stage.view,
    'Reading names',
    async (signal) => known.read(stage, signal),
    () => prompt.offer(),
  )
}
