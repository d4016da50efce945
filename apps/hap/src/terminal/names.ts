import { shortOf } from './say.ts'
import type { Stage } from './stage.ts'

/** Names that can be completed, at most. */
const KNOWN = 50_000
const OFFERED = 50
const SCHEME = 'ucxl://'

/** Names that the store has, in order, for completing what is typed. */
export class Names {
  #sorted: readonly string[] = []
  #participants: readonly string[] = []
  #places: readonly string[] = []

  /** Reads those of the store. */
  async read(stage: Stage, signal: AbortSignal): Promise<void> {
    const keys: string[] = []
    const all = stage.source.store.list('ucxl://any:any@any:any/**', { alive: true, signal })
    for await (const { record } of all) {
      keys.push(record.key)
      if (keys.length >= KNOWN) break
    }
    this.#sorted = keys.toSorted()
    this.#participants = distinct(keys, /^[^@]*/)
    this.#places = distinct(keys, /(?<=@)[^/]*/)
  }

  /** `agent:role`, for the last one of a list. */
  participants(typed: string): readonly string[] {
    const [, before = '', last = ''] = /^(.*,\s*)?([^,]*)$/.exec(typed) ?? []
    return startingWith(this.#participants, last).map((one) => before + one)
  }

  /** `project:task`. */
  places(typed: string): readonly string[] {
    return startingWith(this.#places, typed)
  }

  /** How an address can go on: to the end of the next name, or to a whole one; the last one of a list. */
  addresses(typed: string): readonly string[] {
    const [, before = '', last = ''] = /^(.*\s)?(\S*)$/.exec(typed) ?? []
    const scheme = last !== '' && last !== SCHEME && SCHEME.startsWith(last) ? [SCHEME] : []
    return [...this.#addresses(last), ...scheme].map((one) => before + one)
  }

  #addresses(typed: string): string[] {
    const isLong = typed.startsWith(SCHEME)
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

function distinct(keys: readonly string[], part: RegExp): string[] {
  return [...new Set(keys.map((key) => part.exec(key)?.[0] ?? ''))].toSorted()
}

function startingWith(all: readonly string[], typed: string): string[] {
  return all.filter((one) => one.startsWith(typed.toLowerCase())).slice(0, OFFERED)
}
