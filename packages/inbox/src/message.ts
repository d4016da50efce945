import { z } from 'zod'
import { InboxError } from './errors.ts'
import { checkFilled, formSchema } from './form.ts'
import { concrete, jsonOf, moment, problemsOf } from './json.ts'
import { recipient } from './recipients.ts'

/** Media type of a message. */
export const MESSAGE_TYPE = 'application/vnd.ucxl.message+json'

/**
 * What it wants: a `question` an answer, a `proposal` to be approved or rejected, a `message` nothing. FIPA calls
 * these acts query-ref, propose and inform (SC00037).
 */
const KINDS = ['question', 'proposal', 'message'] as const

/** What somebody says to others: the content of `ucxl://<sender>:<role>@<project>:<task>/messages/<id>.json`. */
const messageSchema = z.object({
  kind: z.enum(KINDS),
  to: z.array(recipient).min(1).max(32).readonly(),
  title: z.string().min(1).max(512),
  /** In Markdown. */
  body: z.string().max(100_000).default(''),
  /** What it is about, each in an exact version, with its content id where it has one. */
  about: z
    .array(z.object({ address: concrete, content: z.string().max(128).nullable() }))
    .max(64)
    .readonly()
    .default([]),
  /** Answers that are offered; a text of one's own is an answer too, unless `only_choices`. */
  choices: z.array(z.string().min(1).max(512)).max(32).readonly().optional(),
  only_choices: z.boolean().optional(),
  /** What is to be filled in, as JSON Schema. */
  form: formSchema.optional(),
  /** Approvals that a proposal needs; 1 if left out. */
  needs: z.int().min(1).max(32).optional(),
  /** By when it is wanted. Nothing ends by itself then. */
  deadline: moment.optional(),
})

export type Message = z.output<typeof messageSchema>
export type MessageKind = Message['kind']

/**
 * Checks a message.
 *
 * @throws `ERR_INBOX_INVALID` with what is wrong.
 */
export function checkMessage(value: unknown): Message {
  const { data, error } = messageSchema.safeParse(value)
  if (data) return data
  throw new InboxError('ERR_INBOX_INVALID', `It is no message: ${problemsOf(error)}`)
}

/** Reads a message; undefined where it is none. */
export function parseMessage(bytes: Uint8Array): Message | undefined {
  return messageSchema.safeParse(jsonOf(bytes)).data
}

/**
 * Checks an answer to a question.
 *
 * @throws `ERR_INBOX_ANSWER`
 */
export function checkAnswer({ choices, only_choices: only, form }: Message, answer: unknown): void {
  if (form) {
    checkFilled(form, answer)
    return
  }
  if (typeof answer !== 'string' || answer.trim() === '')
    throw new InboxError('ERR_INBOX_ANSWER', 'Expected a text')
  if (only === true && choices && !choices.includes(answer))
    throw new InboxError('ERR_INBOX_ANSWER', `Expected one of: ${choices.join(', ')}`)
}
