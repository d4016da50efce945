import type { Change } from '@bzzz/context-store'
import { fit, span, visible, type Line } from '@bzzz/runtime/terminal'
import type { Slurp, StoredDecision } from '@bzzz/slurp'
import type { Key } from './keys.ts'
import { ListView } from './list-view.ts'
import { addressOf, isDecision, shortOf, whenOf } from './say.ts'
import type { KeyHelp } from './stage.ts'

/** Read in small lots, since each is parsed: keys are taken in between. */
const PAGE = 100
const LISTED = 10_000
/** Lists up to this long are read anew by themselves when a decision came. */
const SHORT = 300

interface Entry {
  readonly key: string
  readonly version: number
  readonly title: string
  readonly about: string
  readonly when: string
  readonly words: string
}

/** Decisions, as they are or as they stood; all, or those that a search finds. */
export class DecisionsView extends ListView<Entry> {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'open'],
    ['/', 'filter'],
    ['s', 'search'],
    ['w', 'why'],
    ['i', 'impact'],
    ['t', 'as of'],
    ['R', 'read anew'],
  ]
  override readonly isTimed = true
  protected override empty = 'No decision is here.'
  #query = ''
  #entries: Entry[] = []
  #isFull = false
  #isOld = false

  get title(): string {
    return this.#query === '' ? 'Decisions' : `Decisions found by ${visible(this.#query)}`
  }

  override get note(): string {
    return `${super.note}${this.#isFull ? '+' : ''}${this.#isOld ? ', new ones came: R' : ''}`
  }

  load(): void {
    const { moment } = this.stage
    const query = this.#query
    const entries: Entry[] = []
    this.#isOld = false
    this.stage.run(
      this,
      'Reading decisions',
      async (signal) => {
        const graph = await this.stage.source.graph({ signal })
        for await (const lot of lotsOf(graph, { query, moment, signal })) {
          entries.push(...lot.map(entryOf))
          // The first lots at once, where nothing is shown yet.
          if (this.#entries.length < entries.length) this.#show(entries)
          if (entries.length >= LISTED) return true
        }
        return false
      },
      (isFull) => {
        this.#isFull = isFull
        this.#show(entries)
      },
    )
  }

  #show(entries: readonly Entry[]): void {
    this.#entries = [...entries]
    this.changed()
    this.stage.redraw()
  }

  onChanges(changes: readonly Change[]): void {
    if (changes.some(isDecision)) this.#isOld = true
  }

  onSecond(): void {
    if (this.#isOld && this.#entries.length <= SHORT) this.load()
  }

  protected all(): readonly Entry[] {
    return this.#entries
  }

  protected wordsOf({ words }: Entry): string {
    return words
  }

  protected idOf({ key }: Entry): string {
    return key
  }

  protected rowOf({ title, about, when }: Entry, width: number): Line {
    return [span(fit(title, width - 36)), span(fit(` ${about}`, 24)), span(` ${when}`, 'dim')]
  }

  protected enter({ key, version }: Entry): void {
    this.stage.show(addressOf(key, version))
  }

  override press(key: Key): boolean {
    if (super.press(key)) return true
    const { chosen } = this
    if (key === 's') {
      this.stage.ask({
        label: 'search (words, type:policy, after:2025-08-01) ',
        text: this.#query,
        onEnter: (text) => {
          this.#query = text.trim()
          this.#entries = []
          this.changed()
          this.load()
        },
      })
    } else if (key === 'R') this.load()
    else if (chosen && (key === 'w' || key === 'i'))
      this.stage.chain(addressOf(chosen.key, chosen.version), key === 'w' ? 'why' : 'impact')
    else return false
    return true
  }
}

async function* lotsOf(
  graph: Slurp,
  {
    query,
    moment,
    signal,
  }: { readonly query: string; readonly moment: number | undefined; readonly signal: AbortSignal },
): AsyncGenerator<readonly StoredDecision[]> {
  let after: string | undefined
  do {
    const page = { limit: PAGE, signal, ...(after !== undefined && { after }) }
    if (moment === undefined || query !== '') {
      const { items, next } = await graph.search({ ...page, ...(query !== '' && { text: query }) })
      yield items.map(({ decision }) => decision)
      after = next
    } else {
      const { items, next } = await graph.state({ ...page, at: moment })
      yield items.map(({ decision }) => decision)
      after = next
    }
    // A lot is parsed in one go: others have their turn in between.
    await new Promise(setImmediate)
    signal.throwIfAborted()
  } while (after !== undefined)
}

interface Node {
  readonly title?: string
  readonly status?: string
  readonly decision_type?: string
}

function entryOf({ key, version, time, node }: StoredDecision): Entry {
  const { title, status, decision_type: type } = JSON.parse(node) as Node
  const address = shortOf(addressOf(key))
  const name = address.slice(address.lastIndexOf('/') + 1).replace(/\.json$/, '')
  const shown = visible(title ?? name)
  const about = visible([status, type].filter(Boolean).join(', '))
  const words = `${shown} ${about} ${address}`.toLowerCase()
  return { key, version, title: shown, about, when: whenOf(time).slice(0, 10), words }
}
