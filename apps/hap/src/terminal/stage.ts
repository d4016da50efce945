import type { Change } from '@bzzz/context-store'
import type { Item } from '@bzzz/inbox'
import type { Line, Tone } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import type { Prompt, PromptInit } from './prompt.ts'
import type { Source } from './source.ts'

/** A key and what it does. */
export type KeyHelp = readonly [key: string, does: string]

/** Room for drawing, in columns and rows. */
export interface Room {
  readonly width: number
  readonly height: number
}

/** What is shown in the middle of the screen: a list, a text. It knows no terminal. */
export interface View {
  /** Where one is. */
  readonly title: string
  /** What stands at the right end of the title: how many, which version. */
  readonly note: string
  /** The keys that do something here, besides those that always do; the first ones are shown. */
  readonly keys: readonly KeyHelp[]
  /** It is shown for the first time, or what it shows is to be read anew. */
  load(): void
  /** @returns false where the key means nothing here. */
  press(key: Key): boolean
  /** At most as many lines as there is room for. */
  draw(room: Room): readonly Line[]
  /** Told of what came into the store, shown or not. */
  onChanges?(changes: readonly Change[]): void
  /** Told when the person has written from here. */
  wrote?(): void
  /** Told about once a second while it is shown. */
  onSecond?(): void
  /** True where it shows things as they stood at the stage's moment, and is to be read anew for another. */
  readonly isTimed?: boolean
}

/** Something that was done, and how it is taken back. */
export interface Undo {
  /** What it was, such as `restore version 3 of ucxl://…`. */
  readonly what: string
  /** Takes it back. @returns what was done, to be said. */
  run(signal: AbortSignal): Promise<string>
}

/** What a view can do beyond itself. */
export interface Stage {
  readonly source: Source
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Everything is shown as it stood at this moment (milliseconds since 1970), or as it is. */
  readonly moment: number | undefined
  /** The view that is shown. */
  readonly view: View
  /**
   * Does something that takes time, with a spinner, until it is done or Esc cancels it. The same again
   * from the same view takes the place of the one under way.
   *
   * @param what for people, such as `Reading contexts`.
   */
  run<Result>(
    view: View,
    what: string,
    work: (signal: AbortSignal) => Promise<Result>,
    done: (result: Result) => void,
  ): void
  /** Something came that may be seen. */
  redraw(): void
  /** Shows another view on top; Backspace leads back. */
  open(view: View): void
  back(): void
  /** Shows what stands at an address: a context, a version of it, a decision, or with wildcards a list. */
  show(address: string): void
  /** Shows what a decision rests on, or what would fall with it. */
  chain(address: string, kind: 'why' | 'impact'): void
  /** Begins a message; with `answerTo` to who sent that one. */
  compose(options?: { readonly answerTo?: Item }): void
  /** Does something, and says its error. */
  try(work: () => void): void
  /** Says a line; it stays until the next key. */
  say(text: string, tone?: Tone): void
  /** Lets the person type a line. */
  ask(prompt: PromptInit): Prompt
  /** Asks a question that `y` answers with yes, and any other key with no. */
  confirm(question: string, yes: () => void): void
  /** Remembers how to take back what was done. */
  did(undo: Undo): void
  /** Lets the person's editor change a text. */
  edit(text: string, done: (text: string) => void): void
}
