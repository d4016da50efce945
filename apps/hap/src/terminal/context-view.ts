import type { Change } from '@bzzz/context-store'
import { safeParseDecision, type Decision } from '@bzzz/decision-schema'
import { line, linesOf, span, wrap } from '@bzzz/runtime/terminal'
import { decisionRows } from './decision-rows.ts'
import { DiffView } from './diff-view.ts'
import { remove, restore } from './change-context.ts'
import type { Key } from './keys.ts'
import { RowsView, type Row } from './rows-view.ts'
import { addressOf, isDecision, shortOf, whenOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'
import { openVersion, type Opened, type Which } from './version.ts'

/** One context: what it says, version by version, with who signed it. */
export class ContextView extends RowsView {
  override readonly isTimed = true
  readonly #key: string
  #which: Which
  #opened: Opened | undefined
  #hasMore = false
  #moment: number | undefined
  #decision: Decision | undefined
  #isRaw = false

  constructor(stage: Stage, key: string, which?: Which) {
    super(stage)
    this.#key = key
    this.#which = which
    this.#moment = stage.moment
  }

  get title(): string {
    return shortOf(addressOf(this.#key))
  }

  override get note(): string {
    if (!this.#opened) return ''
    const { version, last } = this.#opened
    return `version ${version.record.version} of ${last}${this.#hasMore ? ', a newer one came: G' : ''}`
  }

  get keys(): readonly KeyHelp[] {
    const decision: readonly KeyHelp[] = [
      ['Enter', 'follow'],
      ['w', 'why'],
      ['i', 'impact'],
      ['v', this.#isRaw ? 'to read' : 'as it is'],
    ]
    return [
      ['←/→', 'versions'],
      ...(this.#decision ? decision : []),
      ['d', 'diff'],
      ['r', 'restore'],
      ['x', 'delete'],
      ['t', 'as of'],
    ]
  }

  load(): void {
    const { moment } = this.stage
    // Another moment was asked for: that counts, and no longer the version that one had walked to.
    if (moment !== this.#moment) this.#which = undefined
    this.#moment = moment
    this.#open(this.#which ?? (moment === undefined ? undefined : { moment }))
  }

  #open(which: Which): void {
    this.stage.run(
      this,
      'Reading the version',
      async (signal) => openVersion(this.stage.source, addressOf(this.#key), { which, signal }),
      (opened) => {
        this.#opened = opened
        this.#decision = decisionOf(opened)
        this.#hasMore = false
        this.changed({ toTop: true })
      },
    )
  }

  onChanges(changes: readonly Change[]): void {
    const { version: shown = 0 } = this.#opened?.version.record ?? {}
    const isNews = changes.some(({ record }) => record.key === this.#key && record.version > shown)
    if (this.#opened && isNews) this.#hasMore = true
  }

  /** What one has written is what one wants to see. */
  wrote(): void {
    this.#newest()
  }

  protected rows(width: number): readonly Row[] {
    if (!this.#opened) return []
    const { version, text, remark, broken } = this.#opened
    const { time, writer, content_type: type, size, content } = version.record
    const who = writer === this.stage.source.did ? `you (${writer})` : writer
    const sound =
      broken === undefined
        ? span('signature holds', 'good')
        : span(`SIGNATURE DOES NOT HOLD: ${broken}`, 'bad')
    const about = type === null ? 'deleted' : `${type}, ${size} bytes`
    return [
      { line: [span(`${whenOf(time)} UTC  by ${who}`, 'dim')] },
      { line: [sound, span(`  ${about}  ${content ?? ''}`, 'dim')] },
      ...(remark === undefined ? [] : [{ line: line(remark, 'warn') }]),
      { line: [] },
      ...this.#says(text, width),
    ]
  }

  #says(text: string | undefined, width: number): readonly Row[] {
    if (this.#decision && !this.#isRaw) {
      const show = (address: string): void => this.stage.show(address)
      return decisionRows(this.#decision, { width, show })
    }
    if (text === undefined) return []
    return linesOf(text).flatMap((one) => wrap(one, width).map((piece) => ({ line: line(piece) })))
  }

  override press(key: Key): boolean {
    const number = this.#opened?.version.record.version
    if (number === undefined) return super.press(key)
    if (key === 'left' || key === 'h') this.#step(number - 1)
    else if (key === 'right' || key === 'l') this.#step(number + 1)
    else if (key === 'd') this.stage.open(new DiffView(this.stage, this.#key, number))
    else if (key === 'r') this.#restore(number)
    else if (key === 'x') remove(this.stage, this, this.#key)
    else if (this.#decision && (key === 'w' || key === 'i'))
      this.stage.chain(addressOf(this.#key, number), key === 'w' ? 'why' : 'impact')
    else if (this.#decision && key === 'v') {
      this.#isRaw = !this.#isRaw
      this.changed({ toTop: true })
    } else if (key === 'G' && this.#hasMore) this.#newest()
    else return super.press(key)
    return true
  }

  #step(number: number): void {
    const last = this.#opened?.last ?? 0
    if (number < 1) this.stage.say('This is the first version.')
    else if (number > last && !this.#hasMore) this.stage.say('This is the newest version.')
    else {
      this.#which = { number }
      this.#open(this.#which)
    }
  }

  #newest(): void {
    this.#which = undefined
    this.#open(undefined)
  }

  #restore(number: number): void {
    if (number === this.#opened?.last) this.stage.say('This is the newest version: go back with ←.')
    else restore(this.stage, this, { key: this.#key, version: number })
  }
}

function decisionOf({ version, text }: Opened): Decision | undefined {
  if (!isDecision(version) || text === undefined) return undefined
  const read = safeParseDecision(text)
  return read.success ? read.decision : undefined
}
