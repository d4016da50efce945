import type { Change } from '@bzzz/context-store'
import { viewOf } from './views.ts'

const texts = new WeakMap<Change, string>()

/** The JSON of a change's version: written once, however many read along. */
export function eventText(change: Change): string {
  let text = texts.get(change)
  if (text === undefined) {
    text = JSON.stringify(viewOf(change))
    texts.set(change, text)
  }
  return text
}
