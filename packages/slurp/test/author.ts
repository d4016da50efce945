import { createMemoryStore, type ContextStore, type VersionRecord } from '@bzzz/context-store'
import {
  decisionBytes,
  decisionContentId,
  DECISION_MEDIA_TYPE,
  parseDecision,
  type Decision,
} from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import { parse } from '@bzzz/ucxl-address'

export const START = Date.UTC(2025, 7, 1)
export const DAY = 86_400_000

/** The moment that all of a test share. */
export const clock = { now: START }

export interface Published {
  readonly record: VersionRecord
  readonly node: Decision
}

/** Somebody who decides, with a store of their own. */
export interface Author {
  readonly identity: Identity
  readonly store: ContextStore
  /** Writes the next version of a decision. */
  publish(name: string, fields?: Record<string, unknown>): Promise<Published>
}

let authors = 0
let made = 0

export function address(name: string, agent = 'claude', temporal = '*^'): string {
  return `ucxl://${agent}:architect@shop:checkout/${temporal}/decisions/${name}.json`
}

export function createAuthor(agent = 'claude'): Author {
  const identity = identityFromSeed(new Uint8Array(32).fill(++authors))
  const store = createMemoryStore({ writer: identity, now: () => clock.now })
  return {
    identity,
    store,
    async publish(name, fields = {}) {
      const draft = parseDecision({
        decision_id: `01987654-3210-7abc-8def-${String(++made).padStart(12, '0')}`,
        ucxl_address: address(name, agent),
        timestamp: new Date(clock.now).toISOString(),
        agent_id: agent,
        decision_type: 'policy',
        status: 'accepted',
        title: name,
        ...fields,
      })
      const now = (): number => clock.now
      const node = draft.proof === undefined ? signDecision(draft, identity, { now }) : draft
      const { record } = await store.put({
        address: parse(node.ucxl_address),
        content: decisionBytes(node),
        contentType: DECISION_MEDIA_TYPE,
      })
      return { record, node }
    },
  }
}

/** A citation that is pinned to what was published. */
export function citing(
  { record, node }: Published,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: 'justified_by',
    ucxl_address: node.ucxl_address,
    version: record.version,
    content_id: decisionContentId(node),
    ...fields,
  }
}

/** As it comes over the network. */
export function sent(delivery: Published): {
  record: Record<string, unknown>
  node: Record<string, unknown>
} {
  return JSON.parse(JSON.stringify(delivery)) as ReturnType<typeof sent>
}

/** The code of what a call is refused with. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
