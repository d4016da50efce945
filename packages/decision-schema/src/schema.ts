import { z } from 'zod'
import { compileCheck, type Check } from './check-schema.ts'
import type { Decision } from './decision.ts'
import { LIMITS } from './limits.ts'
import { ADDRESS, CONTENT_ID, DECISION_HASH, TIMESTAMP, UUID } from './patterns.ts'
import { RELEVANCES, STATUSES } from './vocabulary.ts'

/** What is said of a part of the schema: it stands in the JSON Schema, and in the errors. */
export interface Note {
  /** Completes the sentence "Expected …". */
  readonly description: string
  readonly examples?: readonly unknown[]
  readonly id?: string
}

/** Of this package alone: zod's own registry is shared with whoever else uses zod. */
export const notes = z.registry<Note>()

/** A text that must not be empty: it names something. */
function label(max: number, description: string, example: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(max)
    .register(notes, { description, examples: [example] })
}

/** A text for people; writers that know no absent field leave it empty. */
function text(max: number, example: string): z.ZodString {
  const description = `a text of at most ${max} characters`
  return z
    .string()
    .max(max)
    .register(notes, { description, examples: [example] })
}

function list<Item extends z.ZodType>(item: Item, max: number = LIMITS.items): z.ZodArray<Item> {
  return z
    .array(item)
    .max(max)
    .register(notes, { description: `a list of at most ${max}` })
}

const word = (example: string): z.ZodString =>
  label(LIMITS.word, `a word of 1 to ${LIMITS.word} characters`, example)
const name = (example: string): z.ZodString =>
  label(LIMITS.name, `a name of 1 to ${LIMITS.name} characters`, example)
const line = (example: string): z.ZodString => text(LIMITS.line, example)
const paragraph = (example: string): z.ZodString => text(LIMITS.paragraph, example)
const long = (example: string): z.ZodString => text(LIMITS.text, example)

const timestamp = z
  .string()
  .regex(TIMESTAMP)
  .register(notes, {
    id: 'timestamp',
    description: 'a moment in RFC 3339, to the nanosecond at most',
    examples: ['2025-08-01T12:30:00Z'],
  })

const address = z
  .string()
  .max(LIMITS.address)
  .regex(ADDRESS)
  .register(notes, {
    id: 'address',
    description: `a concrete UCXL address of at most ${LIMITS.address} characters`,
    examples: ['ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'],
  })

const uuid = z
  .string()
  .regex(UUID)
  .register(notes, { description: 'a UUID', examples: ['01987654-3210-7abc-8def-0123456789ab'] })

const contentId = z
  .string()
  .regex(CONTENT_ID)
  .register(notes, {
    description: 'a content id: CIDv1, raw, sha2-256, in base32',
    examples: ['bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u'],
  })

const decisionHash = z
  .string()
  .regex(DECISION_HASH)
  .register(notes, {
    description: 'the hash of a decision: sha256: and 64 hexadecimal digits in lower case',
    examples: [`sha256:${'0123456789abcdef'.repeat(4)}`],
  })

const option = z
  .looseObject({
    name: label(LIMITS.line, `a name of 1 to ${LIMITS.line} characters`, 'Stripe'),
    pros: list(paragraph('No card data on our side')).optional(),
    cons: list(paragraph('Fees')).optional(),
  })
  .register(notes, {
    description: 'an option',
    examples: [{ name: 'Stripe', pros: ['No card data'] }],
  })

const consequences = z
  .looseObject({
    good: list(paragraph('One dependency less')).optional(),
    bad: list(paragraph('Higher fees')).optional(),
    neutral: list(paragraph('Invoices look different')).optional(),
  })
  .register(notes, {
    description: 'lists named good, bad, neutral',
    examples: [{ good: ['Simpler'] }],
  })

const context = z
  .looseObject({
    project: line('shop').optional(),
    task: line('checkout').optional(),
    scope: paragraph('Payment of orders in the web shop').optional(),
  })
  .register(notes, {
    description: 'an object',
    examples: [{ project: 'shop', task: 'checkout' }],
  })

const justification = z
  .looseObject({
    reasoning: long('Card data must not touch our servers.').optional(),
    alternatives_considered: list(paragraph('Adyen')).optional(),
    criteria: list(paragraph('Time to market')).optional(),
  })
  .register(notes, {
    description: 'an object',
    examples: [{ reasoning: 'Cards must not touch us.' }],
  })

const citation = z
  .looseObject({
    type: word('justified_by'),
    ucxl_address: address,
    relevance: z
      .enum(RELEVANCES)
      .optional()
      .register(notes, { description: 'high, medium or low', examples: ['high'] }),
    excerpt: text(LIMITS.excerpt, 'must never store card numbers').optional(),
    version: z
      .int()
      .min(1)
      .max(999_999_999)
      .optional()
      .register(notes, { description: 'a version number, 1 to 999999999', examples: [3] }),
    content_id: contentId.optional(),
    decision_hash: decisionHash.optional(),
  })
  .register(notes, {
    description: 'a citation',
    examples: [
      { type: 'justified_by', ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/plan.md' },
    ],
  })

const impact = z
  .looseObject({
    type: word('replaces'),
    ucxl_address: address,
    reason: paragraph('The old form has no place for a wallet').optional(),
  })
  .register(notes, {
    description: 'an impact',
    examples: [
      { type: 'replaces', ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/form.md' },
    ],
  })

const proof = z.looseObject({ type: word('DataIntegrityProof') }).register(notes, {
  description: 'a proof',
  examples: [{ type: 'DataIntegrityProof' }],
})

/**
 * The schema of a decision, for whoever builds on zod. It says nothing of how deep or large the
 * whole may be, nor of what JSON cannot carry: `parseDecision` sees to that too.
 */
export const decisionSchema = z
  .looseObject({
    decision_id: uuid,
    ucxl_address: address,
    timestamp,
    agent_id: name('claude'),
    decision_type: word('architecture_choice'),
    status: z
      .enum(STATUSES)
      .optional()
      .register(notes, { description: `one of ${STATUSES.join(', ')}`, examples: ['accepted'] }),
    title: line('Pay with Stripe').optional(),
    summary: long('Checkout hands the payment over to Stripe.').optional(),
    options: list(option).optional(),
    chosen: line('Stripe').optional(),
    consequences: consequences.optional(),
    confirmation: long('The payment tests run against the sandbox.').optional(),
    deciders: list(name('claude')).optional(),
    consulted: list(name('maria')).optional(),
    informed: list(name('ops')).optional(),
    model: line('claude-4').optional(),
    session: line('2025-08-01-a').optional(),
    supersedes: list(address).optional(),
    valid_from: timestamp.optional(),
    valid_to: timestamp.optional(),
    context: context.optional(),
    justification: justification.optional(),
    citations: list(citation, LIMITS.references).optional(),
    impacts: list(impact, LIMITS.references).optional(),
    proof: z
      .union([proof, z.array(proof).min(1).max(LIMITS.proofs)])
      .optional()
      .register(notes, {
        description: `a Data Integrity proof, or a list of 1 to ${LIMITS.proofs}`,
        examples: [{ type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022' }],
      }),
  })
  .register(notes, { description: 'a decision, as an object' })

let check: Check | undefined

/**
 * Whether the schema takes a value, as fast as that can be told. As {@link decisionSchema}, it does
 * not look at what `parseDecision` looks at besides.
 */
export function isDecision(value: unknown): value is Decision {
  check ??= compileCheck(decisionSchema)
  return check(value)
}
