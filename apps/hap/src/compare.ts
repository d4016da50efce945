import { createTwoFilesPatch } from 'diff'
import { EXIT } from '@bzzz/runtime'
import { format, type Address } from '@bzzz/ucxl-address'
import type { Ucxi } from '@bzzz/ucxi'
import { addressAt, ucxiOf, wholeOf } from './contexts.ts'
import type { Desk } from './desk.ts'

const MAX_EDITS = 10_000

/** A text, or that it is none. */
type Side = { readonly text: string } | { readonly bytes: number; readonly content: string | null }

/**
 * Shows what changed between two versions, as a patch.
 *
 * @param from the version before the newest if left out.
 * @param to the newest if left out.
 * @returns 0 where they are equal, 1 where they differ, as `diff` does.
 */
export async function diffContext(
  text: string,
  { from = 'prev', to = 'latest' }: { readonly from?: string; readonly to?: string },
  desk: Desk,
): Promise<number> {
  const ucxi = ucxiOf(desk)
  const [before, after] = [from, to].map((when) => addressAt(text, when, desk.now())) as [
    Address,
    Address,
  ]
  const [one, other] = [await sideOf(ucxi, before, desk), await sideOf(ucxi, after, desk)]
  const [old, next] = [format(before), format(after)]
  if (!('text' in one) || !('text' in other)) {
    const differ = !('content' in one && 'content' in other && one.content === other.content)
    desk.result({ from: old, to: next, differ })
    if (differ) desk.say(`${old} and ${next} differ, and are not both texts`)
    return differ ? EXIT.failed : EXIT.done
  }
  const differ = one.text !== other.text
  const patch = differ ? patchOf([old, one.text], [next, other.text]) : ''
  desk.result({ from: old, to: next, differ, patch })
  if (differ) desk.say(patch.trimEnd())
  return differ ? EXIT.failed : EXIT.done
}

/** Texts that have little in common are not compared for ever. */
function patchOf(
  [old, before]: readonly [string, string],
  [next, after]: readonly [string, string],
) {
  const options = { maxEditLength: MAX_EDITS }
  return (
    createTwoFilesPatch(old, next, before, after, undefined, undefined, options) ??
    `${old} and ${next} have too little in common to be compared`
  )
}

async function sideOf(ucxi: Ucxi, address: Address, { signal }: Desk): Promise<Side> {
  const { version, content } = await ucxi.open(address, { signal })
  const bytes = content ?? (await wholeOf(await ucxi.read(version)))
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { bytes: bytes.length, content: version.record.content }
  }
}
