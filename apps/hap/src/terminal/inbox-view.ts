import type { Item } from '@bzzz/inbox'
import { fit, span, visible, type Line, type Tone } from '@bzzz/runtime/terminal'
import { ItemView } from './item-view.ts'
import type { Key } from './keys.ts'
import { ListView } from './list-view.ts'
import { whenOf } from './say.ts'
import type { KeyHelp } from './stage.ts'

const TONES: Readonly<Record<Item['standing']['status'], Tone>> = {
  open: 'key',
  answered: 'good',
  approved: 'good',
  rejected: 'bad',
}

/** What awaits the person: questions, proposals, messages, mentions. */
export class InboxView extends ListView<Item> {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'open'],
    ['/', 'filter'],
    ['A', 'what is done as well'],
    ['c', 'compose'],
    ['u', 'take back'],
  ]
  protected override empty = 'Nothing awaits you.'
  #items: readonly Item[] = []
  #withDone = false
  #isWatching = false

  get title(): string {
    return this.#withDone ? 'Inbox, with what is done and what you sent' : 'Inbox'
  }

  /** How many wait. */
  get count(): number {
    return this.#items.filter(({ isOpen }) => isOpen).length
  }

  load(): void {
    const { inbox } = this.stage.source
    // Until the inbox is closed.
    if (!this.#isWatching) inbox.watch(() => this.load())
    this.#isWatching = true
    const all = this.#withDone
    this.stage.run(
      this,
      'Reading the inbox',
      async (signal) => inbox.items({ all, signal }),
      (items) => {
        this.#items = items
        this.changed()
      },
    )
  }

  protected all(): readonly Item[] {
    return this.#items
  }

  protected idOf({ key }: Item): string {
    return key
  }

  protected wordsOf({ message, from }: Item): string {
    return `${message.kind} ${message.title} ${from.name}`.toLowerCase()
  }

  protected rowOf({ message, from, time, why, standing, isOpen }: Item, width: number): Line {
    const { status } = standing
    const kind = why === 'mentioned' ? 'mention' : message.kind
    const state = isOpen
      ? kind
      : status === 'open'
        ? `${kind}, ${why === 'sent' ? 'sent' : 'seen'}`
        : status
    return [
      span(fit(state, 16), isOpen ? 'key' : TONES[status]),
      span(fit(visible(message.title), width - 50)),
      span(
        fit(` ${why === 'sent' ? `to ${message.to.join(', ')}` : `by ${from.name}`}`, 16),
        'dim',
      ),
      span(` ${whenOf(time).slice(0, 16)}`, 'dim'),
    ]
  }

  protected enter({ address }: Item): void {
    this.stage.open(new ItemView(this.stage, address))
  }

  override press(key: Key): boolean {
    if (super.press(key)) return true
    if (key !== 'A') return false
    this.#withDone = !this.#withDone
    this.load()
    return true
  }
}
