import type { NamedOpinion } from '@bzzz/decision-schema/curation'
import type { CallOptions } from '@bzzz/temporal-nav'
import { addressOfVersion } from './addresses.ts'
import { checkDelivery, type CheckedDelivery, type CheckInit } from './check-delivery.ts'
import { SlurpError } from './errors.ts'
import type { Added, DecisionStorage, HeldDelivery, NewDecision } from './storage.ts'

/** What became of a delivery. */
export interface Ingested {
  readonly decisionId: string
  /** The address that always means this version. */
  readonly address: string
  readonly version: number
  readonly contentId: string
  /** Id of the signed record. */
  readonly recordId: string
  /**
   * - `accepted`: it is news.
   * - `known`: it was here, or says what the version before it says: nobody is told again.
   * - `held`: a person is to decide.
   */
  readonly state: 'accepted' | 'known' | 'held'
  /** Whether this very record came for the first time. */
  readonly isNew: boolean
}

/** One of a lot: what became of it, or why it was refused. */
export type IngestOutcome =
  | { readonly ingested: Ingested; readonly error?: undefined }
  | { readonly ingested?: undefined; readonly error: unknown }

export interface IngestInit extends CheckInit {
  readonly storage: DecisionStorage
  /** Judges what was checked. */
  readonly judge: (delivery: CheckedDelivery) => Promise<NamedOpinion>
  /** Called when something was accepted. */
  readonly onAccepted: () => void
}

export interface Ingest {
  /** Takes deliveries in, all that hold in one transaction, and says of each what became of it. */
  takeAll(inputs: readonly unknown[], options?: CallOptions): Promise<readonly IngestOutcome[]>
  /** Takes one in that a person decided on: it is checked again, and not judged. */
  release(held: HeldDelivery): Promise<Ingested>
}

export function createIngest(init: IngestInit): Ingest {
  const { storage, judge, onAccepted } = init
  const anyWriter = init.writers !== undefined

  async function keep(rows: readonly NewDecision[]): Promise<readonly Added[]> {
    if (rows.length === 0) return []
    const added = await storage.add(rows, { anyWriter })
    if (added.some(({ outcome }) => outcome === 'added')) onAccepted()
    return added
  }

  /** What was found out before it is kept; undefined where it is to be kept. */
  async function apart(delivery: CheckedDelivery): Promise<Ingested | undefined> {
    const { row } = delivery
    const { recordId } = row
    if (await storage.byRecordId(recordId)) return ingested(delivery, 'known', false)
    const before = await storage.held(recordId)
    if (before?.state === 'held') return ingested(delivery, 'held', false)
    if (before) refuse('a person rejected it', before.reason)
    const { verdict, rule, reason } = await judge(delivery)
    if (verdict === 'drop') refuse(rule, reason)
    if (verdict === 'keep') return undefined
    const since = init.now()
    const text = `{"record":${row.record},"node":${row.node}}`
    await storage.hold({ recordId, delivery: text, rule, reason, since, state: 'held' })
    return ingested(delivery, 'held', true)
  }

  async function look(input: unknown): Promise<IngestOutcome | CheckedDelivery> {
    try {
      const delivery = await checkDelivery(input, init)
      const known = await apart(delivery)
      return known ? { ingested: known } : delivery
    } catch (error) {
      return { error }
    }
  }

  return {
    async takeAll(inputs, { signal } = {}) {
      const looked: (IngestOutcome | CheckedDelivery)[] = []
      for (const input of inputs) {
        signal?.throwIfAborted()
        looked.push(await look(input))
      }
      const rows = looked.flatMap((one) => ('row' in one ? [one.row] : []))
      const added = (await keep(rows)).values()
      return looked.map((one) => ('row' in one ? outcomeOf(one, added.next().value) : one))
    },
    async release({ delivery }) {
      const checked = await checkDelivery(JSON.parse(delivery), init)
      const [added] = await keep([checked.row])
      const { ingested: done, error } = outcomeOf(checked, added)
      if (done) return done
      throw error
    },
  }
}

function refuse(rule: string, reason: string): never {
  throw new SlurpError('ERR_SLURP_DROPPED', `It is not kept (${rule}): ${reason}`)
}

function outcomeOf(delivery: CheckedDelivery, added: Added | undefined): IngestOutcome {
  switch (added?.outcome) {
    case 'added':
      return { ingested: ingested(delivery, 'accepted', true) }
    case 'repeated':
      return { ingested: ingested(delivery, 'known', true) }
    case 'known':
      return { ingested: ingested(delivery, 'known', false) }
    case 'conflict':
    case undefined: {
      const { key, version } = delivery.row
      const message = `Version ${version} of ${key} does not fit what is here: ${added?.reason ?? 'it was not kept'}`
      return { error: new SlurpError('ERR_SLURP_CONFLICT', message) }
    }
  }
}

function ingested(
  { row, decision }: CheckedDelivery,
  state: Ingested['state'],
  isNew: boolean,
): Ingested {
  const { key, version, contentId, recordId } = row
  const address = addressOfVersion(key, version)
  const decisionId = decision.decision_id
  return Object.freeze({ decisionId, address, version, contentId, recordId, state, isNew })
}
