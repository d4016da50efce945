import { fit, span, visible, type Line } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import { ListView } from './list-view.ts'
import type { KeyHelp, Stage } from './stage.ts'

/** Something that is filled in. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly kind: 'line' | 'number' | 'long' | 'choice' | 'yes-no'
  readonly isRequired?: boolean
  /** What it is for, for people. */
  readonly hint?: string
  /** For `choice`. */
  readonly options?: readonly string[]
  readonly complete?: (text: string) => readonly string[]
}

export type Values = Readonly<Record<string, string | boolean>>

/** Fields to fill in, one a row: Enter changes one, `S` sends all. */
export abstract class FieldsView extends ListView<Field> {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'change'],
    ['e', 'in the editor'],
    ['S', 'send'],
    ['Backspace', 'back'],
  ]
  protected values: Record<string, string | boolean> = {}
  readonly #fields: readonly Field[]

  constructor(stage: Stage, fields: readonly Field[]) {
    super(stage)
    this.#fields = fields
  }

  protected abstract send(values: Values): void

  /** Told of each value that was changed. */
  protected onValue(_name: string): void {}

  load(): void {
    this.changed()
  }

  override get note(): string {
    const missing = this.#missing().length
    return missing === 0 ? 'S sends it' : `${missing} to fill in`
  }

  protected all(): readonly Field[] {
    return this.#fields
  }

  protected idOf({ name }: Field): string {
    return name
  }

  protected wordsOf({ label }: Field): string {
    return label.toLowerCase()
  }

  protected rowOf({ name, label, kind, isRequired, hint, options }: Field, width: number): Line {
    const value = this.values[name]
    const isEmpty = value === undefined || value === ''
    const mark = isRequired === true ? '*' : ' '
    const shown =
      typeof value === 'boolean'
        ? value
          ? 'yes'
          : 'no'
        : (value ?? '').replaceAll(/\s*\n\s*/g, ' / ')
    const help = options && kind === 'choice' ? options.join(' | ') : (hint ?? '')
    return [
      span(fit(visible(`${mark}${label}`), 18), 'key'),
      isEmpty ? span(fit(visible(help), width - 18), 'dim') : span(fit(visible(shown), width - 18)),
    ]
  }

  protected enter(field: Field): void {
    const { name, kind, options = [] } = field
    const value = this.values[name]
    if (kind === 'yes-no') this.#set(name, value !== true)
    else if (kind === 'choice') {
      const at = options.indexOf(String(value ?? ''))
      this.#set(name, options[(at + 1) % options.length] ?? '')
    } else if (kind === 'long') this.#edit(field)
    else this.#ask(field)
  }

  override press(key: Key): boolean {
    const { chosen } = this
    if (key === 'e' && chosen && (chosen.kind === 'long' || chosen.kind === 'line'))
      this.#edit(chosen)
    else if (key === 'S') this.#send()
    else return super.press(key)
    return true
  }

  #ask({ name, label, kind, complete }: Field): void {
    this.stage.ask({
      label: `${label}: `,
      text: String(this.values[name] ?? ''),
      ...(complete && { complete }),
      onEnter: (text) => {
        if (kind === 'number' && text.trim() !== '' && !Number.isFinite(Number(text)))
          this.stage.say(`${label} is a number.`, 'bad')
        else this.#set(name, text)
      },
    })
  }

  #edit({ name, kind }: Field): void {
    this.stage.edit(String(this.values[name] ?? ''), (text) => {
      const whole = text.trimEnd()
      this.#set(name, kind === 'line' ? whole.replaceAll(/\s*\n\s*/g, ' ') : whole)
    })
  }

  #set(name: string, value: string | boolean): void {
    this.values[name] = value
    this.onValue(name)
    this.stage.redraw()
  }

  #missing(): string[] {
    const wanted = this.#fields.filter(({ isRequired }) => isRequired === true)
    return wanted.filter(({ name }) => (this.values[name] ?? '') === '').map(({ label }) => label)
  }

  #send(): void {
    const missing = this.#missing()
    if (missing.length > 0) this.stage.say(`Fill in first: ${missing.join(', ')}`, 'warn')
    else this.send(this.values)
  }
}
