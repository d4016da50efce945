import type { Change, Schedule } from '@bzzz/context-store'
import type { Item } from '@bzzz/inbox'
import type { Tone } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import { askMoment } from './moment.ts'
import { Pace } from './pace.ts'
import { Prompt, type PromptInit } from './prompt.ts'
import type { Source } from './source.ts'
import type { Stage, Undo, View } from './stage.ts'
import { Undos } from './undos.ts'
import { Work } from './work.ts'

export interface PortalInit {
  readonly source: Source
  readonly now: () => number
  readonly schedule: Schedule
  /** The views that the number keys lead to, by the names that stand in the first line. */
  readonly tabs: (stage: Stage) => readonly Tab[]
  /** What asks for an address, and opens it. */
  readonly jump: (stage: Stage) => void
  /** Opens an address. */
  readonly show: (stage: Stage, address: string) => void
  readonly chain: (stage: Stage, address: string, kind: 'why' | 'impact') => void
  /** The tab where messages are written, and what begins an answer there. */
  readonly compose: { readonly tab: number; readonly answer: (item: Item) => void }
  /** What `?` shows. */
  readonly help: (stage: Stage, view: View) => View
  /** Lets the person's editor change a text. */
  readonly edit: (text: string) => Promise<string>
}

export interface Tab {
  readonly name: string
  readonly view: View
  /** Shown behind the name where there are some. */
  readonly count?: () => number
}

/** How often what comes by itself is drawn, at most: keys are not kept waiting by it. */
const DRAW_MS = 100

/** The whole portal but its picture: takes keys, keeps what is shown, and says when to draw. */
export class Portal implements Stage {
  readonly now: () => number
  readonly source: Source
  readonly tabs: readonly Tab[]
  moment: number | undefined
  tab = 0
  prompt: Prompt | undefined
  question: { readonly text: string; readonly yes: () => void } | undefined
  said: { readonly text: string; readonly tone: Tone } | undefined
  /** Called when something is to be drawn; set by the screen. */
  onDraw: () => void = () => {}
  /** Called once, when the person leaves. */
  onQuit: () => void = () => {}
  readonly work: Work
  readonly #init: PortalInit
  readonly #stacks: View[][]
  readonly #undos = new Undos()
  readonly #pace: Pace
  readonly #begun = new Set<View>()

  constructor(init: PortalInit) {
    this.#init = init
    this.source = init.source
    this.now = init.now
    this.#pace = new Pace(init.schedule, DRAW_MS, () => this.onDraw())
    this.work = new Work(init.schedule, {
      onChange: () => this.redraw(),
      onError: (error) => this.fail(error),
    })
    this.tabs = init.tabs(this)
    this.#stacks = this.tabs.map(({ view }) => [view])
  }

  /** The view that is shown. */
  get view(): View {
    return this.stack.at(-1) as View
  }

  get stack(): readonly View[] {
    return this.#stacks[this.tab] as View[]
  }

  start(tab = 0): void {
    this.go(tab)
  }

  press(key: Key): void {
    this.#press(key)
    this.onDraw()
  }

  /** Takes in what was pasted: only what is being typed wants it. */
  paste(text: string): void {
    this.prompt?.paste(text)
    this.onDraw()
  }

  #press(key: Key): void {
    if (this.question) {
      const { yes } = this.question
      this.question = undefined
      if (key === 'y' || key === 'Y') yes()
      else this.say('Nothing was done.')
      return
    }
    const { prompt } = this
    if (prompt) {
      // What it does at its end may begin another one.
      if (prompt.press(key) && this.prompt === prompt) this.prompt = undefined
      return
    }
    this.said = undefined
    if (key === 'ctrl-c') this.onQuit()
    else if (key === 'escape' && this.work.cancel(this.view)) this.say('Cancelled.')
    else if (!this.view.press(key)) this.#pressAnywhere(key)
  }

  #pressAnywhere(key: Key): void {
    const count = this.tabs.length
    if (/^[1-9]$/.test(key)) this.go(Number(key) - 1)
    else if (key === 'tab') this.go((this.tab + 1) % count)
    else if (key === 'shift-tab') this.go((this.tab + count - 1) % count)
    else if (key === 'q') this.onQuit()
    else if (key === 'backspace' || key === 'escape') this.back()
    else if (key === '?') this.open(this.#init.help(this, this.view))
    else if (key === ':') this.#init.jump(this)
    else if (key === 'c') this.compose()
    else if (key === 't') askMoment(this, (moment) => this.#setMoment(moment))
    else if (key === 'u') this.#undos.take(this)
  }

  /** Shows a tab; the one that is shown goes back to its beginning. */
  go(tab: number): void {
    if (tab < 0 || tab >= this.tabs.length) return
    if (tab === this.tab) while (this.stack.length > 1) this.back()
    this.tab = tab
    const { view } = this.tabs[tab] as Tab
    // What nobody looks at is not read.
    if (this.#begun.has(view)) return
    this.#begun.add(view)
    view.load()
  }

  open(view: View): void {
    this.#stacks[this.tab]?.push(view)
    view.load()
    this.redraw()
  }

  back(): void {
    if (this.stack.length === 1) return
    const view = this.#stacks[this.tab]?.pop()
    if (view) this.work.cancel(view)
  }

  show(address: string): void {
    this.try(() => this.#init.show(this, address))
  }

  chain(address: string, kind: 'why' | 'impact'): void {
    this.#init.chain(this, address, kind)
  }

  compose({ answerTo }: { readonly answerTo?: Item } = {}): void {
    const { tab, answer } = this.#init.compose
    if (answerTo) answer(answerTo)
    this.go(tab)
  }

  try(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(error)
    }
  }

  run<Result>(
    view: View,
    what: string,
    work: (signal: AbortSignal) => Promise<Result>,
    done: (result: Result) => void,
  ): void {
    this.work.start({ owner: view, what, work, done })
  }

  say(text: string, tone: Tone = 'plain'): void {
    this.said = { text, tone }
    this.redraw()
  }

  fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : ''
    this.say(`${code}${message}`, 'bad')
  }

  ask(init: PromptInit): Prompt {
    const prompt = new Prompt(init)
    this.prompt = prompt
    return prompt
  }

  confirm(text: string, yes: () => void): void {
    this.question = { text, yes }
  }

  did(undo: Undo): void {
    this.#undos.add(undo)
  }

  edit(text: string, done: (text: string) => void): void {
    this.run(this.view, 'Waiting for the editor', async () => this.#init.edit(text), done)
  }

  redraw(): void {
    this.#pace.ask()
  }

  /** Ends what is under way. */
  stop(): void {
    this.work.stop()
    this.#pace.stop()
  }

  /** What came into the store. */
  onChanges(changes: readonly Change[]): void {
    for (const stack of this.#stacks) for (const view of stack) view.onChanges?.(changes)
    this.redraw()
  }

  onSecond(): void {
    this.view.onSecond?.()
  }

  #setMoment(moment: number | undefined): void {
    this.moment = moment
    for (const stack of this.#stacks)
      for (const view of stack)
        if (view.isTimed && (this.#begun.has(view) || view !== stack[0])) view.load()
  }
}
