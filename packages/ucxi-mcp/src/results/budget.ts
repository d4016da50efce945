import { McpError } from '../errors.ts'

/** Characters of an answer where nothing else is asked for. */
export const DEFAULT_CHARS = 8000
/** The least and the most that can be asked for. */
export const MIN_CHARS = 500
export const MAX_CHARS = 100_000

/**
 * An answer in its two forms: a host shows a model one of them. Neither is longer than the budget that
 * was asked for, in UTF-16 code units, the second as JSON.
 */
export interface Answer {
  readonly text: string
  readonly structured: Readonly<Record<string, unknown>>
}

/** How long an answer is: the longer of its two forms. */
function lengthOf({ text, structured }: Answer): number {
  return Math.max(text.length, JSON.stringify(structured).length)
}

/** @throws `ERR_MCP_BUDGET` where an answer that cannot be cut is too long. */
export function whole(answer: Answer, budget: number): Answer {
  const length = lengthOf(answer)
  if (length <= budget) return answer
  throw new McpError('ERR_MCP_BUDGET', `The answer needs max_chars of at least ${length}`)
}

/**
 * The longest stretch of a text, from an offset on, whose answer fits.
 *
 * @param render makes the answer that shows the text up to an end
 * @throws `ERR_MCP_BUDGET` where not even one character fits
 */
export function longest(
  text: string,
  { from, budget }: { readonly from: number; readonly budget: number },
  render: (end: number) => Answer,
): Answer {
  // Whole it needs no word on how to go on: it is not found by looking for the longest part that fits with one.
  const rest = text.length - from <= budget ? render(text.length) : undefined
  if (rest && lengthOf(rest) <= budget) return rest
  const last = Math.min(text.length, from + budget)
  let [fits, over] = [from, last + 1]
  let best: Answer | undefined
  while (fits + 1 < over) {
    const end = Math.floor((fits + over) / 2)
    const answer = render(wholeAt(text, end))
    if (lengthOf(answer) <= budget) [fits, best] = [end, answer]
    else over = end
  }
  return best ?? whole(render(wholeAt(text, Math.min(last, from + 1))), budget)
}

/** The same end, or one behind it where a surrogate pair would be cut in two. */
function wholeAt(text: string, end: number): number {
  const before = text.charCodeAt(end - 1)
  const isCut = end < text.length && before >= 0xd8_00 && before < 0xdc_00
  return isCut ? end + 1 : end
}

/** One thing of a list, in both forms, and what to go on after. */
export interface Item {
  readonly text: string
  readonly structured: unknown
  readonly cursor: string | number
}

/** What stands around the items of a list. */
export interface Frame {
  readonly head: string
  /** Fields beside the items. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Name of the field with the items. */
  readonly name: string
  /** Says how to go on, as a line of text. */
  readonly more: (cursor: string | number) => string
  /** What is said where there is no item. */
  readonly none: string
}

/**
 * As many items as fit, and where to go on; nothing is read that does not count.
 *
 * @throws `ERR_MCP_BUDGET` where not even the first fits.
 */
export async function pack(
  items: AsyncIterable<Item>,
  { head, fields, name, more, none }: Frame,
  budget: number,
): Promise<Answer> {
  const answerOf = (shown: readonly Item[], cursor: string | number | undefined): Answer => {
    const lines = shown.map(({ text }) => text)
    const tail = cursor === undefined ? [] : [more(cursor)]
    return {
      text: [head, ...(shown.length === 0 ? [none] : lines), ...tail].join('\n'),
      structured: {
        ...fields,
        [name]: shown.map(({ structured }) => structured),
        ...(cursor !== undefined && { next: cursor }),
      },
    }
  }
  const empty = lengths(answerOf([], ''))
  const shown: Item[] = []
  // What stands around them: no comma before the first, and what is said where there is none is not.
  const rest = { text: empty.text - more('').length - none.length - 1, json: empty.json - 3 }
  const used = { text: 0, json: 0 }
  for await (const item of items) {
    const last = shown.at(-1)
    used.text += item.text.length + 1
    used.json += JSON.stringify(item.structured).length + 1
    // Until it is known to be the last one, there has to be room for saying how to go on behind it.
    const cursor = { text: more(item.cursor).length, json: JSON.stringify(item.cursor).length }
    const fits =
      used.text + cursor.text + rest.text <= budget && used.json + cursor.json + rest.json <= budget
    if (fits) {
      shown.push(item)
      continue
    }
    if (last) return answerOf(shown, last.cursor)
    const needs = Math.max(used.text + cursor.text + rest.text, used.json + cursor.json + rest.json)
    throw new McpError('ERR_MCP_BUDGET', `One item needs max_chars of at least ${needs}`)
  }
  return whole(answerOf(shown, undefined), budget)
}

function lengths({ text, structured }: Answer): { text: number; json: number } {
  return { text: text.length, json: JSON.stringify(structured).length }
}
