import { DecisionError, type Citation, type Decision } from '@bzzz/decision-schema'
import { matchExcerpt, textsOf } from '@bzzz/decision-schema/chains'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { Memory } from '../memory/memory.ts'
import { authorOf, fenced, quoted, sayAuthor } from '../results/marked.ts'

/** The error of a citation that cannot be kept, as an agent can act on it. */
class CitationRefused extends Error {
  override readonly name = 'CitationRefused'
  /** That of the DecisionError. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What is wrong with a citation, with what stands there where a passage was not found. */
export async function explained(
  error: unknown,
  { citations = [] }: Decision,
  { memory, ...options }: { readonly memory: Memory } & CallOptions,
): Promise<unknown> {
  if (!DecisionError.is(error)) return error
  const index = Number(/^\/citations\/(\d+)/.exec(error.path)?.[1] ?? Number.NaN)
  const citation = citations[index]
  if (!citation) return error
  const where = `Citation ${index + 1}, ${citation.ucxl_address}`
  const { code } = error
  const message =
    code === 'ERR_EXCERPT_NOT_FOUND'
      ? `${where}: ${await whatIsThere(citation, memory, options)}`
      : `${where}: expected ${error.expected}, got ${error.received}`
  return new CitationRefused(code, message, { cause: error })
}

async function whatIsThere(
  { ucxl_address: address, excerpt = '' }: Citation,
  memory: Memory,
  options: CallOptions,
): Promise<string> {
  const entry = await memory.entry(address, options)
  const match = matchExcerpt(textsOf(entry.body), excerpt)
  const nearest = match.found ? excerpt : match.nearest
  const seal = entry.content ?? ''
  return [
    `${quoted(excerpt)} does not stand in it.`,
    `In ${entry.address}, by ${sayAuthor(authorOf(entry, memory))}, this comes nearest:`,
    fenced({ text: nearest, seal }),
  ].join('\n')
}
