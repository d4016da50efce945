import { success, type BehaviorResult } from '@bzzz/bot-framework'
import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import { whatWouldFall } from '@bzzz/decision-schema/chains'
import { verifyProofs } from '@bzzz/identity/proofs'
import { keyOf, parse } from '@bzzz/ucxl-address'
import {
  citersOn,
  follow,
  listOf,
  pinTo,
  publish,
  readerOf,
  type Draft,
  type Published,
} from './decisions.ts'
import { expectRight, type NodeActor, type NodeRole, type NodeStage } from './node.ts'

const PAGE = 50
/** Reviews of one decision, at most. */
const MOST = 100_000

/** How a review ends, and what it then says. */
const VERDICTS = {
  approve: { type: 'informed_by', status: 'accepted' },
  object: { type: 'contradicts', status: 'rejected' },
  supersede: { type: 'refines', status: 'proposed' },
} as const

/** Follows a decision to what it rests on, and answers with one that cites it. */
async function review(
  actor: NodeActor,
  how: keyof typeof VERDICTS,
  signal: AbortSignal,
): Promise<BehaviorResult> {
  const { id, stage, client, context, memory } = actor
  const decisions = listOf(stage, 'decisions')
  if (decisions.length === 0) throw new Error('Nothing was decided: reviewers need a decider')
  const reviewed = context.random.pick(decisions)
  const chain = await follow(client, reviewed, signal)
  const number = ((memory.get('reviewed') as number | undefined) ?? 0) + 1
  memory.set('reviewed', number)
  const title = reviewed.decision.title!
  const { type, status } = VERDICTS[how]
  const draft: Draft = {
    ucxl_address: `ucxl://${id}:bot@${stage.project}:reviews/*^/review-${number}.json`,
    decision_type: 'review',
    title: `${how}: ${title}`,
    status,
    ...(how === 'supersede' && { supersedes: [reviewed.address] }),
    citations: [pinTo(reviewed, { type, excerpt: title })],
  }
  const written = await publish(actor, { ...draft, rests: [reviewed] }, signal)
  listOf(stage, 'reviews').push(written)
  return success({ links: chain.links.length })
}

/** The acknowledged reviews that are not found among who cites what they review, or do not lead back. */
async function astray(stage: NodeStage): Promise<Published[]> {
  const reader = { ...readerOf(stage.client), ...(await citersOn(stage)) }
  const options = { depth: 1, nodes: MOST, follow: () => true, verify: verifyProofs }
  const lost: Published[] = []
  const byReviewed = Map.groupBy(listOf(stage, 'reviews'), ({ rests }) => rests[0]!.address)
  for (const [address, reviews] of byReviewed) {
    const chain = await whatWouldFall(address, reader, options).catch((error: unknown) => {
      if ((error as { readonly code?: unknown }).code !== 'ERR_CHAIN_START') throw error
      return { links: [] }
    })
    const back = new Set(
      chain.links
        .filter(({ to, verdict }) => to === address && verdict.status === 'verified')
        .map(({ from }) => from),
    )
    lost.push(...reviews.filter((one) => !back.has(one.address)))
  }
  return lost
}

export const reviewer: NodeRole = {
  about: 'follows decisions to what they rest on, and answers with decisions that cite them',
  behaviors: {
    approve: async (actor, signal) => review(actor, 'approve', signal),
    object: async (actor, signal) => review(actor, 'object', signal),
    supersede: async (actor, signal) => review(actor, 'supersede', signal),
    async survey({ stage, client }, signal) {
      // What is acknowledged by now has to be there; what comes meanwhile may be.
      const known = new Map(
        listOf(stage, 'decisions').map((one) => [keyOf(parse(one.address)), one]),
      )
      const pattern = `ucxl://any:any@${stage.project}:decisions/**`
      const found = new Set<string>()
      for await (const one of client.query({ pattern, limit: PAGE, signal })) {
        const { key, version, content, content_type: type } = one
        expectRight(!found.has(key), `${key} is listed once`)
        expectRight(type === DECISION_MEDIA_TYPE, `${key} is a decision`)
        const { version: last = 0, content: kept } = known.get(key) ?? {}
        expectRight(
          version > last || (version === last && content === kept),
          `${key} is listed as it was published, or later`,
        )
        found.add(key)
      }
      for (const key of known.keys()) expectRight(found.has(key), `${key} is listed`)
      return success({ found: found.size })
    },
  },
  async conditions(stage) {
    const { length: count } = listOf(stage, 'reviews')
    const lost = await astray(stage)
    return [
      {
        name: 'who cites a decision is found, and each review leads back to it',
        ok: count > 0 && lost.length === 0,
        detail: `${lost.length} of ${count} astray`,
      },
    ]
  },
}
