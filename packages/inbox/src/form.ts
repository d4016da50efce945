import { z } from 'zod'
import { InboxError } from './errors.ts'
import { problemsOf } from './json.ts'

const shown = {
  title: z.string().max(256).optional(),
  description: z.string().max(2048).optional(),
}
const option = z.string().max(512)
const count = z.int().min(0).max(100_000).optional()

const field = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    ...shown,
    enum: z.array(option).min(1).max(64).readonly().optional(),
    minLength: count,
    maxLength: count,
    default: z.string().max(10_000).optional(),
  }),
  z.strictObject({
    type: z.enum(['number', 'integer']),
    ...shown,
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    default: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('boolean'), ...shown, default: z.boolean().optional() }),
])

/**
 * What a question wants to be filled in: an object of texts, numbers, choices and yes-or-no, in JSON Schema. It
 * is what MCP allows to be asked of a person (elicitation, 2025-11-25), and a form can be made of any.
 */
export const formSchema = z.strictObject({
  type: z.literal('object'),
  properties: z
    .record(z.string().regex(/^[A-Za-z_][\w-]{0,63}$/, 'expected a plain name'), field)
    .refine((all) => Object.keys(all).length <= 32, 'at most 32 fields'),
  required: z.array(z.string().max(64)).max(32).readonly().optional(),
})

export type Form = z.output<typeof formSchema>
export type FormField = z.output<typeof field>

/**
 * Checks what was filled in.
 *
 * @throws `ERR_INBOX_ANSWER`, which names each field that is wrong.
 */
export function checkFilled(form: Form, answer: unknown): void {
  // What is undefined there is absent: it was read from JSON.
  const whole = { ...form, additionalProperties: false } as Parameters<typeof z.fromJSONSchema>[0]
  const schema = z.fromJSONSchema(whole)
  const { error } = schema.safeParse(answer)
  if (error)
    throw new InboxError('ERR_INBOX_ANSWER', `The form is not filled in: ${problemsOf(error)}`)
}
