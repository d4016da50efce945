import {
  createDecision,
  DECISION_MEDIA_TYPE,
  decisionBytes,
  decisionHash,
  safeParseDecision,
  type Citation,
  type Decision,
  type DecisionStatus,
} from '@bzzz/decision-schema'
import {
  why,
  type Chain,
  type ChainReader,
  type CitationReader,
} from '@bzzz/decision-schema/chains'
import { signDecision } from '@bzzz/decision-schema/signing'
import { verifyProofs } from '@bzzz/identity/proofs'
import type { UcxiClient } from '@bzzz/ucxi/client'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { BotPart } from '../actor.ts'
import { expectRight, type NodeActor, type NodeStage } from './node.ts'

/** A version whose writing the node has acknowledged, as it can be cited. */
export interface Cited {
  /** The address that always means it. */
  readonly address: string
  readonly version: number
  /** Its content id, reckoned here. */
  readonly content: string
  /** Where it is a decision. */
  readonly hash?: string
}

/** A decision whose writing the node has acknowledged. */
export interface Published extends Cited {
  readonly decision: Decision
  /** `did:key` of who signed it. */
  readonly signer: string
  /** What it cites, in its order. */
  readonly rests: readonly Cited[]
}

/** What a decision says that is to be made. */
export interface Draft {
  readonly ucxl_address: string
  readonly decision_type: string
  readonly title: string
  readonly status?: DecisionStatus
  readonly supersedes?: readonly string[]
  readonly citations: readonly Citation[]
}

/** A signed decision of a bot. */
export function decide({ id, context }: Pick<BotPart, 'id' | 'context'>, draft: Draft): Decision {
  const now = (): number => Math.floor(context.clock.now())
  const uuid = (): string => uuidOf(context.random.bytes(16))
  return signDecision(createDecision({ ...draft, agent_id: id }, { now, uuid }), context.identity, {
    now,
  })
}

function uuidOf(bytes: Uint8Array): string {
  // Version and variant of a UUID of random bits.
  const [version, variant] = [(bytes[6]! & 0x0f) | 0x40, (bytes[8]! & 0x3f) | 0x80]
  const hex = Buffer.from(bytes.with(6, version).with(8, variant)).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A citation that says which version it means, and what is in it. */
export function pinTo(
  { address, version, content, hash }: Cited,
  as: Pick<Citation, 'type'> & { readonly excerpt?: string },
): Citation {
  const pins = { version, content_id: content, ...(hash !== undefined && { decision_hash: hash }) }
  return { ...as, ucxl_address: address, ...pins }
}

/** Publishes a decision on the node. @throws `wrong-answer` where it says that it wrote another one. */
export async function publish(
  actor: NodeActor,
  { rests, ...draft }: Draft & { readonly rests: readonly Cited[] },
  signal?: AbortSignal,
): Promise<Published> {
  const { client, context, contentIdOf } = actor
  const decision = decide(actor, draft)
  const bytes = decisionBytes(decision)
  const content = contentIdOf(bytes)
  const key = keyOf(parse(decision.ucxl_address))
  const answer = await client.put(decision.ucxl_address, bytes, {
    contentType: DECISION_MEDIA_TYPE,
    ...(signal && { signal }),
  })
  expectRight(answer.key === key && answer.content === content, `${key} is the decision as sent`)
  const { address, version } = answer
  const { did: signer } = context.identity
  return { address, version, content, hash: decisionHash(decision), decision, signer, rests }
}

/** Undefined for what the node does not have. */
export async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  return found.catch((error: unknown) => {
    const { status } = error as { readonly status?: unknown }
    if (status === 404 || status === 410) return undefined
    throw error
  })
}

/** Reads what is cited from a node, anew for each look. */
export function readerOf(client: UcxiClient): CitationReader {
  const places = new Map<string, string>()
  return {
    async resolve(text, options) {
      const known = await unlessMissing(client.resolve(text, options))
      if (!known?.content) return { found: false, reason: known ? 'gone' : 'not-found' }
      const { address, key, version, content, time } = known
      places.set(content, address)
      return { found: true, key, version, contentId: content, time: Date.parse(time) }
    },
    async read(contentId, options) {
      const place = places.get(contentId)
      return place && (await unlessMissing(client.get(place, options)))?.bytes()
    },
  }
}

/** How far a review looks. */
const REACH = { depth: 4, nodes: 100 }

/**
 * Follows a decision to what it rests on.
 *
 * @throws `wrong-answer` where it is not what was published, or a citation does not lead to what was pinned
 */
export async function follow(
  client: UcxiClient,
  published: Published,
  signal: AbortSignal,
): Promise<Chain> {
  const { address, content, signer, rests } = published
  const reader = { ...readerOf(client), citedBy: async () => [] }
  const chain = await why(address, reader, { ...REACH, verify: verifyProofs, signal }).catch(
    (error: unknown) => {
      const { code } = error as { readonly code?: unknown }
      expectRight(code !== 'ERR_CHAIN_START', `${address} is there, as it was acknowledged`)
      throw error
    },
  )
  const [start] = chain.nodes
  expectRight(
    start?.address === address &&
      start.contentId === content &&
      start.signature?.signers.join() === signer,
    `${address} is the decision that was published`,
  )
  for (const { from, to, index, verdict } of chain.links) {
    expectRight(verdict.status === 'verified', `the citation of ${to} in ${from} holds`)
    const pinned = rests[index]?.address
    expectRight(from !== address || to === pinned, `${from} leads to ${pinned}, and not to ${to}`)
  }
  return chain
}

/** Who cites what, by all decisions of the run that a node lists, as they stand. */
export async function citersOn({
  client,
  project,
}: NodeStage): Promise<Pick<ChainReader, 'citedBy'>> {
  const citers = new Map<string, { readonly address: string; readonly version?: number }[]>()
  const pattern = `ucxl://any:any@${project}:any/**`
  for await (const { address, content_type: type } of client.query({ pattern, alive: true })) {
    if (type !== DECISION_MEDIA_TYPE) continue
    const read = safeParseDecision(await (await client.get(address)).text())
    for (const { ucxl_address: cited, version } of (read.success && read.decision.citations) ||
      []) {
      const key = keyOf(parse(cited))
      const known = citers.get(key) ?? []
      known.push({ address, ...(version !== undefined && { version }) })
      citers.set(key, known)
    }
  }
  return {
    citedBy: async (key, version) =>
      (citers.get(key) ?? [])
        .filter((one) => version === undefined || one.version === version)
        .map(({ address }) => address),
  }
}

/** What is known of decisions in this run. */
export function listOf(stage: NodeStage, what: 'decisions' | 'reviews'): Published[] {
  const known = stage.facts.get(what) as Published[] | undefined
  if (known) return known
  const made: Published[] = []
  stage.facts.set(what, made)
  return made
}
