import { fit, line, span } from '@bzzz/runtime/terminal'
import { RowsView, type Row } from './rows-view.ts'
import type { KeyHelp, Stage, View } from './stage.ts'

const MOVING: readonly KeyHelp[] = [
  ['j k ↓ ↑', 'down, up'],
  ['g G', 'to the beginning, to the end'],
  ['PgDn PgUp', 'a page (also Space, Ctrl-F, Ctrl-B)'],
  ['Ctrl-D Ctrl-U', 'half a page'],
  ['Enter', 'open'],
  ['Backspace', 'back (also Esc)'],
]
const ALWAYS: readonly KeyHelp[] = [
  ['1 … 6', 'the views of the first line (also Tab, Shift-Tab)'],
  ['c', 'compose: a question, a proposal, a message'],
  [':', 'jump to an address; Tab completes it; with wildcards it is a list'],
  ['t', 'show everything as it stood at a moment; nothing: as it is'],
  ['u', 'take back what was done last'],
  ['Esc', 'cancel what is under way'],
  ['?', 'this help'],
  ['q Ctrl-C', 'leave'],
]

/** The keys of the view below, and those that work everywhere. */
export class HelpView extends RowsView {
  readonly title = 'Help'
  readonly keys: readonly KeyHelp[] = [['Backspace', 'back']]
  readonly #about: View

  constructor(stage: Stage, about: View) {
    super(stage)
    this.#about = about
  }

  load(): void {
    this.changed()
  }

  protected rows(): readonly Row[] {
    return [
      ...list(`Here: ${this.#about.title}`, this.#about.keys),
      ...list('Moving', MOVING),
      ...list('Everywhere', ALWAYS),
    ]
  }
}

function list(title: string, keys: readonly KeyHelp[]): Row[] {
  return [
    { line: line(title, 'title') },
    ...keys.map(([key, does]) => ({ line: [span(fit(`  ${key}`, 18), 'key'), span(does)] })),
  ]
}
