import { Readable } from 'node:stream'
import type { Handlers, ServerContext } from './context.ts'
import { SlurpError } from './errors.ts'
import type { Limits } from './limits.ts'
import { problemOf } from './problem.ts'
import { checked, parseJson } from './request.ts'
import { OPERATIONS } from './operations.ts'
import { ingestedView } from './views.ts'

const NDJSON = 'application/x-ndjson'
// So many lines are kept in one transaction, and in memory.
const LOT = 200

export function ingestRoutes(context: ServerContext): Handlers<'deliver' | 'explain'> {
  const { slurp } = context
  return {
    async deliver({ request, reply, signal }) {
      if (request.body instanceof Readable) {
        const answers = answersOf(context, request.body, signal)
        return reply.type(NDJSON).send(Readable.from(answers))
      }
      const ingested = await slurp.ingest(parseJson(request.body), { signal })
      return reply.code(ingested.isNew ? 201 : 200).send(ingestedView(ingested))
    },
    async explain({ request }) {
      const decision = checked(OPERATIONS.explain.body, parseJson(request.body), 'body')
      return slurp.explain(decision)
    },
  }
}

/** A line of answer for each line of deliveries, in their order. */
async function* answersOf(
  { slurp, limits }: ServerContext,
  body: Readable,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let lot: unknown[] = []
  const take = async (): Promise<string> => {
    const taken = lot
    lot = []
    const outcomes = await slurp.ingestAll(taken, { signal })
    const answers = outcomes.map(({ ingested, error }) =>
      ingested ? ingestedView(ingested) : problemOf(error),
    )
    return answers.map((answer) => `${JSON.stringify(answer)}\n`).join('')
  }
  try {
    for await (const line of linesOf(body, limits)) {
      lot.push(line)
      if (lot.length >= LOT) yield await take()
    }
    if (lot.length > 0) yield await take()
  } catch (error) {
    // What was answered cannot be taken back: the last lines say what became of the rest.
    if (lot.length > 0) yield await take()
    yield `${JSON.stringify(problemOf(error))}\n`
  }
}

/**
 * The JSON of each line that is not empty; undefined for what is none, or too long.
 *
 * @throws SlurpError `ERR_SLURP_TOO_LARGE` past the bound of the whole
 */
async function* linesOf(body: Readable, { importBytes, bodyBytes }: Limits): AsyncGenerator {
  const decoder = new TextDecoder()
  let size = 0
  let rest = ''
  let isTooLong = false
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length
    if (size > importBytes) {
      const message = `Expected at most ${importBytes} bytes in one import: send the rest in another`
      throw new SlurpError('ERR_SLURP_TOO_LARGE', message)
    }
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (isTooLong || line.trim() !== '') yield isTooLong ? undefined : parsed(line, bodyBytes)
      isTooLong = false
    }
    // Of a line without an end no more is kept than could be of use.
    if (rest.length > bodyBytes) {
      isTooLong = true
      rest = ''
    }
  }
  if (isTooLong || rest.trim() !== '') yield isTooLong ? undefined : parsed(rest, bodyBytes)
}

function parsed(line: string, most: number): unknown {
  if (line.length > most) return undefined
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}
