import { success, type BehaviorResult } from '@bzzz/bot-framework'
import { listOf, pinTo, publish, unlessMissing, type Cited, type Published } from './decisions.ts'
import { expectRight, type NodeActor, type NodeRole } from './node.ts'

/** Numbered, not counted: one whose answer was lost may be there. */
function nextNumber({ memory }: NodeActor): number {
  const number = ((memory.get('decided') as number | undefined) ?? 0) + 1
  memory.set('decided', number)
  return number
}

/** Writes down what a decision is to rest on. */
async function observe(actor: NodeActor, number: number, signal?: AbortSignal) {
  const { id, stage, client, context, contentIdOf } = actor
  const excerpt = `${id} measured ${context.random.between(0, 2 ** 32)}.`
  const text = `On day ${number} ${excerpt} Nobody doubts it.`
  const note = `ucxl://${id}:bot@${stage.project}:evidence/day-${number}.md`
  const { address, version, content } = await client.put(note, text, { ...(signal && { signal }) })
  expectRight(content === contentIdOf(new TextEncoder().encode(text)), `${note} is as it was sent`)
  return { excerpt, cited: { address, version, content } }
}

/** Decides on new evidence and, as people do, on what was decided before. */
async function decideOn(
  actor: NodeActor,
  place: { readonly address: string; readonly number: number; readonly before?: Published },
  signal?: AbortSignal,
): Promise<BehaviorResult> {
  const { id, stage } = actor
  const { address, number, before } = place
  const { excerpt, cited } = await observe(actor, number, signal)
  const citations = [pinTo(cited, { type: 'justified_by', excerpt })]
  const rests: Cited[] = [cited]
  if (before) {
    citations.push(pinTo(before, { type: 'refines' }))
    rests.push(before)
  }
  const published = await publish(
    actor,
    {
      ucxl_address: address,
      decision_type: 'policy',
      title: `What ${id} decided on day ${number}`,
      status: 'accepted',
      citations,
      rests,
    },
    signal,
  )
  listOf(stage, 'decisions').push(published)
  return success()
}

async function decideNew(actor: NodeActor, signal?: AbortSignal): Promise<BehaviorResult> {
  const { id, stage, context } = actor
  const known = listOf(stage, 'decisions')
  const before = known.length > 0 && context.random.next() < 0.5 && context.random.pick(known)
  const number = nextNumber(actor)
  const address = `ucxl://${id}:bot@${stage.project}:decisions/*^/day-${number}.json`
  return decideOn(actor, { address, number, ...(before && { before }) }, signal)
}

export const decider: NodeRole = {
  about: 'decides on evidence, and changes its mind',
  // So that there is something to review from the beginning.
  setup: async (actor) => void (await decideNew(actor)),
  behaviors: {
    decide: decideNew,
    async revise(actor, signal) {
      const { did } = actor.context.identity
      const own = listOf(actor.stage, 'decisions').filter(({ signer }) => signer === did)
      if (own.length === 0) return decideNew(actor, signal)
      const { ucxl_address: address } = actor.context.random.pick(own).decision
      const before = own.findLast(({ decision }) => decision.ucxl_address === address)!
      return decideOn(actor, { address, number: nextNumber(actor), before }, signal)
    },
  },
  async conditions(stage) {
    const decisions = listOf(stage, 'decisions')
    let lost = 0
    for (const { address, content } of decisions) {
      const found = await unlessMissing(stage.client.resolve(address))
      if (found?.content !== content || found.address !== address) lost++
    }
    return [
      {
        name: 'no acknowledged decision is lost',
        ok: decisions.length > 0 && lost === 0,
        detail: `${lost} of ${decisions.length}`,
      },
    ]
  },
}
