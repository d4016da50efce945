import type { Change } from '@bzzz/context-store'
import { REPLY_TYPE, type Item, type ReplyDraft } from '@bzzz/inbox'
import { parse } from '@bzzz/ucxl-address'
import { FormView } from './form-view.ts'
import { itemRows, type Subject } from './item-rows.ts'
import type { Key } from './keys.ts'
import { RowsView, type Row } from './rows-view.ts'
import { addressOf, codeOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'
import { openVersion } from './version.ts'

/** Contents that are shown with a message; the others are opened by their address. */
const SHOWN = 8

/** One message with what it is about, as it was meant; what one says to it is bound to what is shown. */
export class ItemView extends RowsView {
  readonly #address: string
  #item: Item | undefined
  #subjects: readonly Subject[] = []
  #isOld = false

  constructor(stage: Stage, address: string) {
    super(stage)
    this.#address = address
  }

  get title(): string {
    return this.#item ? this.#item.message.kind : 'A message'
  }

  override get note(): string {
    if (!this.#item) return ''
    return `version ${this.#item.version}${this.#isOld ? ', IT HAS CHANGED: R shows it' : ''}`
  }

  get keys(): readonly KeyHelp[] {
    const { message } = this.#item ?? {}
    if (!message) return []
    const more: readonly KeyHelp[] = [['u', 'take back']]
    if (message.kind === 'proposal') return [['a', 'approve'], ['n', 'reject'], ...more]
    if (message.kind === 'message') return [['s', 'seen'], ['r', 'reply'], ...more]
    if (message.form) return [['f', 'fill in'], ['s', 'seen'], ...more]
    const choice: readonly KeyHelp[] = message.choices ? [['Enter', 'choose']] : []
    const own: readonly KeyHelp[] =
      message.only_choices === true
        ? []
        : [
            ['r', 'answer'],
            ['e', 'answer in the editor'],
          ]
    return [...choice, ...own, ['s', 'seen'], ...more]
  }

  load(): void {
    const { source } = this.stage
    this.stage.run(
      this,
      'Reading the message',
      async (signal) => {
        const item = await source.inbox.item(this.#address, { signal })
        const about = item.message.about.slice(0, SHOWN)
        const read = about.map(async ({ address, content }): Promise<Subject> => {
          try {
            const { temporal } = parse(address)
            const which = temporal.kind === 'version' ? { number: temporal.number } : { address }
            return {
              address,
              content,
              opened: await openVersion(source, address, { which, signal }),
            }
          } catch (error) {
            signal.throwIfAborted()
            const why = error instanceof Error ? error.message : String(error)
            return {
              address,
              content,
              problem: `It cannot be shown: ${codeOf(error) ?? ''} ${why}`,
            }
          }
        })
        return { item, subjects: await Promise.all(read) }
      },
      ({ item, subjects }) => {
        this.#isOld = false
        const isOther = item.content !== this.#item?.content
        this.#item = item
        const rest = item.message.about.slice(SHOWN)
        const others = rest.map((one) => ({ ...one, problem: 'Enter opens it.' }))
        this.#subjects = [...subjects, ...others]
        this.changed({ toTop: isOther })
      },
    )
  }

  /** What is being read stays as it is until one asks; what others say to it is shown at once. */
  onChanges(changes: readonly Change[]): void {
    const item = this.#item
    if (!item) return
    if (changes.some(({ record }) => record.key === item.key && record.content !== item.content))
      this.#isOld = true
    else if (!this.#isOld && changes.some(({ record }) => record.content_type === REPLY_TYPE))
      this.load()
  }

  protected rows(width: number): readonly Row[] {
    const item = this.#item
    if (!item) return []
    return itemRows(item, {
      width,
      subjects: this.#subjects,
      show: (address) => this.stage.show(address),
      choose:
        item.message.kind === 'question'
          ? (choice) => this.#confirmAnswer(item, choice)
          : undefined,
    })
  }

  override press(key: Key): boolean {
    const item = this.#item
    if (!item) return super.press(key)
    const { kind, form, only_choices: only } = item.message
    const isText = kind === 'question' && !form && only !== true
    if (kind === 'proposal' && key === 'a') this.#askComment(item, 'approved')
    else if (kind === 'proposal' && key === 'n') this.#askComment(item, 'rejected')
    else if (key === 'R') this.load()
    else if (key === 's' && kind !== 'proposal') this.#reply(item, { kind: 'seen' })
    else if (key === 'r' && isText) this.#askAnswer(item)
    else if (key === 'e' && isText)
      this.stage.edit('', (text) => this.#reply(item, { kind: 'answer', answer: text.trimEnd() }))
    else if (key === 'r' && kind === 'message') this.stage.compose({ answerTo: item })
    else if (key === 'f' && form) {
      const send = (answer: unknown): void => this.#reply(item, { kind: 'answer', answer })
      this.stage.open(new FormView(this.stage, { title: item.message.title, form, send }))
    } else return super.press(key)
    return true
  }

  #confirmAnswer(item: Item, choice: string): void {
    this.stage.confirm(`Answer ${JSON.stringify(choice)}?`, () =>
      this.#reply(item, { kind: 'answer', answer: choice }),
    )
  }

  #askAnswer(item: Item): void {
    this.stage.ask({
      label: 'answer: ',
      complete: (text) => (item.message.choices ?? []).filter((one) => one.startsWith(text)),
      onEnter: (answer) => this.#reply(item, { kind: 'answer', answer }),
    })
  }

  #askComment(item: Item, kind: 'approved' | 'rejected'): void {
    this.stage.ask({
      label: `${kind === 'approved' ? 'APPROVE' : 'REJECT'}, with a comment or without (Esc: not): `,
      onEnter: (text) => {
        const comment = text.trim()
        this.#reply(item, { kind, ...(comment !== '' && { comment }) })
      },
      onEscape: () => this.stage.say('Nothing was done.'),
    })
  }

  /** What is said is bound to the content that was on the screen when the person began to say it. */
  #reply(item: Item, draft: Omit<ReplyDraft, 'content'>): void {
    const { inbox } = this.stage.source
    this.stage.run(
      this,
      'Saying it',
      async (signal) => {
        try {
          // Without a version: the newest is meant, and has to be the one that was shown.
          const bound = { ...draft, content: item.content }
          return await inbox.reply(addressOf(item.key), bound, { signal })
        } catch (error) {
          if (codeOf(error) !== 'ERR_INBOX_CHANGED') throw error
          return undefined
        }
      },
      (reply) => {
        this.load()
        if (!reply) {
          this.stage.say(
            'ERR_INBOX_CHANGED: it has changed since it was shown. Read it again: nothing was said.',
            'bad',
          )
          return
        }
        const what = `${draft.kind} to ${item.message.title}`
        this.stage.did({
          what,
          run: async (signal) => {
            await inbox.takeBack(reply.address, { signal })
            this.load()
            return `Taken back: ${what}.`
          },
        })
        this.stage.say(`It is said and signed: ${draft.kind}. u takes it back.`, 'good')
      },
    )
  }
}
