import type { Item, MessageDraft, MessageKind } from '@bzzz/inbox'
import { FieldsView, type Field, type Values } from './fields-view.ts'
import type { Names } from './names.ts'
import type { Stage } from './stage.ts'

const TEMPLATES: Readonly<Record<MessageKind, string>> = {
  question: 'What I want to know:\n\nWhy I ask:\n\nWhat I know already:\n',
  proposal: 'What is proposed:\n\nWhy:\n\nWhat else was considered:\n\nWhat follows from it:\n',
  message: '',
}
const KINDS = ['message', 'question', 'proposal'] as const

/** A question, a proposal or a message to others, from a template. */
export class ComposeView extends FieldsView {
  readonly title = 'Compose'
  readonly #names: Names

  constructor(stage: Stage, names: Names) {
    super(stage, fieldsOf(names))
    this.#names = names
    this.#clear()
  }

  override load(): void {
    // For completing; behind what is seen.
    this.stage.run(
      this,
      'Reading names',
      async (signal) => this.#names.read(this.stage, signal),
      () => {},
    )
  }

  /** Begins an answer to a message. */
  answer({ message, from, key }: Item): void {
    const where = /@([^/]+)\//.exec(key)?.[1] ?? ''
    this.values = {
      ...this.values,
      kind: 'message',
      to: `${from.name}:${from.role}`,
      where,
      title: `Re: ${message.title}`,
      body: TEMPLATES.message,
    }
  }

  protected override onValue(name: string): void {
    // A template gives way to another one, and what the person wrote to nothing.
    const isTemplate = Object.values(TEMPLATES).includes(String(this.values['body'] ?? ''))
    if (name === 'kind' && isTemplate)
      this.values['body'] = TEMPLATES[this.values['kind'] as MessageKind]
  }

  protected send(values: Values): void {
    const { inbox } = this.stage.source
    const draft = draftOf(values)
    this.stage.run(
      this,
      'Sending',
      async (signal) => inbox.send(draft, { signal }),
      ({ address }) => {
        this.stage.did({
          what: `send ${draft.title}`,
          run: async (signal) => {
            await inbox.takeBack(address, { signal })
            return `Taken back: ${draft.title}.`
          },
        })
        this.stage.say(`It is sent: ${address}. u takes it back.`, 'good')
        this.#clear()
      },
    )
  }

  #clear(): void {
    this.values = {
      kind: 'message',
      to: '',
      where: '',
      title: '',
      about: '',
      choices: '',
      body: '',
    }
    this.changed()
  }
}

function fieldsOf(names: Names): readonly Field[] {
  return [
    { name: 'kind', label: 'Kind', kind: 'choice', options: KINDS, isRequired: true },
    {
      name: 'to',
      label: 'To',
      kind: 'line',
      isRequired: true,
      hint: 'ada, ada:lead, any:lead; several with commas',
      complete: (text) => names.participants(text),
    },
    {
      name: 'where',
      label: 'Project:task',
      kind: 'line',
      isRequired: true,
      hint: 'shop:checkout',
      complete: (text) => names.places(text),
    },
    { name: 'title', label: 'Title', kind: 'line', isRequired: true },
    {
      name: 'about',
      label: 'About',
      kind: 'line',
      hint: 'addresses, with spaces between; each is pinned to its version now',
      complete: (text) => names.addresses(text),
    },
    {
      name: 'choices',
      label: 'Choices',
      kind: 'line',
      hint: 'for a question: answers to choose from, with | between',
    },
    { name: 'body', label: 'Text', kind: 'long', hint: 'Enter opens your editor ($EDITOR)' },
  ]
}

function draftOf(values: Values): MessageDraft {
  const said = (name: string): string => String(values[name] ?? '').trim()
  const list = (name: string, between: string | RegExp): string[] =>
    said(name)
      .split(between)
      .map((one) => one.trim())
      .filter(Boolean)
  const [project = '', task = ''] = said('where').split(':')
  const kind = said('kind') as MessageKind
  const body = String(values['body'] ?? '')
  const about = list('about', /\s+/).map((one) => (one.includes('://') ? one : `ucxl://${one}`))
  const choices = kind === 'question' ? list('choices', '|') : []
  return {
    kind,
    project,
    task,
    to: list('to', ','),
    title: said('title'),
    // A template that nobody touched says nothing.
    ...(body.trim() !== '' && body !== TEMPLATES[kind] && { body }),
    ...(about.length > 0 && { about }),
    ...(choices.length > 0 && { choices }),
  }
}
