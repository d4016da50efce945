import type { Form, FormField } from '@bzzz/inbox'
import { visible } from '@bzzz/runtime/terminal'
import { FieldsView, type Field, type Values } from './fields-view.ts'
import type { Stage } from './stage.ts'

export interface FormInit {
  readonly title: string
  readonly form: Form
  readonly send: (answer: Readonly<Record<string, unknown>>) => void
}

/** A form that a question wants filled in, made of its JSON Schema. */
export class FormView extends FieldsView {
  readonly title: string
  readonly #init: FormInit

  constructor(stage: Stage, init: FormInit) {
    const { properties, required = [] } = init.form
    const all = Object.entries(properties)
    super(
      stage,
      all.map(([name, field]) => fieldOf(name, field, required.includes(name))),
    )
    this.#init = init
    this.title = `Fill in: ${visible(init.title)}`
    for (const [name, field] of all) {
      if (field.default !== undefined)
        this.values[name] =
          typeof field.default === 'boolean' ? field.default : String(field.default)
      // No answer and no are the same to who asks for a yes.
      else if (field.type === 'boolean' && required.includes(name)) this.values[name] = false
    }
  }

  protected send(values: Values): void {
    const { properties } = this.#init.form
    const answer: Record<string, unknown> = {}
    for (const [name, { type }] of Object.entries(properties)) {
      const value = values[name]
      if (value === undefined || value === '') continue
      answer[name] = type === 'number' || type === 'integer' ? Number(value) : value
    }
    this.stage.back()
    this.#init.send(answer)
  }
}

function fieldOf(name: string, field: FormField, isRequired: boolean): Field {
  const { title, description, type } = field
  const options = type === 'string' ? field.enum : undefined
  const kind = options
    ? 'choice'
    : type === 'string'
      ? 'line'
      : type === 'boolean'
        ? 'yes-no'
        : 'number'
  return {
    name,
    label: visible(title ?? name),
    kind,
    isRequired,
    ...(description !== undefined && { hint: description }),
    ...(options && { options }),
  }
}
