import { visible } from '@bzzz/runtime/terminal'
import { isSign, type Key } from './keys.ts'

const MAX_LENGTH = 4096

export interface PromptInit {
  /** What stands before it, such as `/` or `as of`. */
  readonly label: string
  readonly text?: string
  /** Told of each change, as one types. */
  readonly onChange?: (text: string) => void
  readonly onEnter: (text: string) => void
  readonly onEscape?: () => void
  /** How what was typed can go on. */
  readonly complete?: (text: string) => readonly string[]
}

/** One line that is being typed. */
export class Prompt {
  readonly label: string
  text: string
  /** Where the next sign goes, in UTF-16 code units. */
  cursor: number
  /** What Tab can make of it; empty where there is nothing to choose between. */
  choices: readonly string[] = []
  /** The one that Tab has taken. */
  chosen = -1
  readonly #init: PromptInit

  constructor(init: PromptInit) {
    this.#init = init
    this.label = init.label
    this.text = init.text ?? ''
    this.cursor = this.text.length
    this.offer()
  }

  /** @returns true where it is over with this key. */
  press(key: Key): boolean {
    if (key === 'enter') {
      this.#init.onEnter(this.text)
      return true
    }
    if (key === 'escape' || key === 'ctrl-c' || (key === 'backspace' && this.text === '')) {
      this.#init.onEscape?.()
      return true
    }
    if (key === 'tab' || key === 'shift-tab') this.#complete(key === 'tab' ? 1 : -1)
    else this.#edit(key)
    return false
  }

  /** Takes in what was pasted, on one line. */
  paste(text: string): void {
    this.#insert(visible(text.replaceAll(/\s*\r?\n\s*/g, ' ').trim()))
  }

  #edit(key: Key): void {
    const { text, cursor } = this
    const before = Array.from(text.slice(0, cursor)).at(-1)?.length ?? 0
    const after = Array.from(text.slice(cursor)).at(0)?.length ?? 0
    if (isSign(key)) this.#insert(key)
    else if (key === 'backspace') this.#cut(cursor - before, cursor)
    else if (key === 'delete') this.#cut(cursor, cursor + after)
    else if (key === 'ctrl-u') this.#cut(0, cursor)
    else if (key === 'ctrl-k') this.#cut(cursor, text.length)
    else if (key === 'ctrl-w') this.#cut(text.slice(0, cursor).search(/[^\s:@/]*[\s:@/]*$/), cursor)
    else if (key === 'left') this.cursor -= before
    else if (key === 'right') this.cursor += after
    else if (key === 'home' || key === 'ctrl-a') this.cursor = 0
    else if (key === 'end' || key === 'ctrl-e') this.cursor = text.length
  }

  #insert(text: string): void {
    if (this.text.length + text.length > MAX_LENGTH) return
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor)
    this.cursor += text.length
    this.#changed()
  }

  #cut(from: number, to: number): void {
    if (from >= to) return
    this.text = this.text.slice(0, from) + this.text.slice(to)
    this.cursor = from
    this.#changed()
  }

  #changed(): void {
    this.offer()
    this.#init.onChange?.(this.text)
  }

  /** Looks again how it can go on. */
  offer(): void {
    this.choices = this.#init.complete?.(this.text) ?? []
    this.chosen = -1
  }

  /** The first time as far as all choices agree, then one after the other. */
  #complete(step: number): void {
    const { choices } = this
    if (choices.length === 0) return
    const common = this.chosen < 0 ? commonStart(choices) : ''
    if (common.length > this.text.length || choices.length === 1) {
      this.#set(common)
      this.offer()
      return
    }
    this.chosen = (this.chosen + step + choices.length) % choices.length
    this.#set(choices[this.chosen] ?? '')
  }

  #set(text: string): void {
    this.text = text
    this.cursor = text.length
    this.#init.onChange?.(text)
  }
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--
  }
  return first.slice(0, length)
}
