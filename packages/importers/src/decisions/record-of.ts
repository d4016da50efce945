import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { parseDecision, type Decision } from '@bzzz/decision-schema'
import { toMadr } from '@bzzz/decision-schema/madr'
import type { CallOptions } from '@bzzz/temporal-nav'
import { keyOf, safeParse } from '@bzzz/ucxl-address'
import { z } from 'zod'
import { isCandidate } from '../classify.ts'
import { decodeUtf8 } from '../text.ts'
import { decisionKeyOf, pathOf, versionOf } from './text-version.ts'
import { saysOf } from './to-decision.ts'

/** A record that was made of a decision. */
export interface MadeRecord {
  /** Where it belongs: segments with `/` between them, percent-encoded as in an address. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Whether it is the file that came in, since nobody changed the decision after that. */
  readonly unchanged: boolean
}

const imported = z.looseObject({
  hash: z.string(),
  record: z.looseObject({ ucxl_address: z.string(), content_id: z.string() }),
})
const encoder = new TextEncoder()

/** The record of one version of a decision; undefined where its bytes are not here. */
export async function recordOf(
  store: ContextStore,
  { key, version, content }: VersionRecord,
  options: CallOptions,
): Promise<MadeRecord | undefined> {
  const bytes = content === null ? undefined : await store.content(content, options)
  if (content === null || !bytes) return undefined
  const decision = parseDecision(decodeUtf8(bytes))
  const original = await originalOf(store, key, decision, options)
  if (original) return original
  const text = toMadr({ decision, address: versionOf(key, version), contentId: content })
  const path = pathOf(key)
    .replace(/\.json$/i, '')
    .replace(/\.(?:md|markdown|rst|txt)$/i, '')
  return { path: `${path}.md`, bytes: encoder.encode(text), unchanged: false }
}

/** The text that a decision was imported from, where it still says the same and the text is here. */
async function originalOf(
  store: ContextStore,
  key: string,
  decision: Decision,
  options: CallOptions,
): Promise<MadeRecord | undefined> {
  const { success, data } = imported.safeParse(decision['imported'])
  if (!success || data.hash !== saysOf(decision)) return undefined
  // Whoever wrote the decision says where its text is: nobody's word makes a file of another name.
  const text = safeParse(data.record.ucxl_address)
  if (!text.success || decisionKeyOf(keyOf(text.address)) !== key) return undefined
  const path = pathOf(keyOf(text.address))
  const bytes = isCandidate(path) ? await store.content(data.record.content_id, options) : undefined
  return bytes && { path, bytes, unchanged: true }
}
