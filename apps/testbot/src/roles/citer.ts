import { failure, success } from '@bzzz/bot-framework'
import {
  decisionBytes,
  decisionHash,
  LIMITS,
  type Citation,
  type Decision,
} from '@bzzz/decision-schema'
import { heldOff, refusedAs } from './attack.ts'
import { decide, pinTo, type Cited } from './decisions.ts'
import { at, expectRight, type NodeActor, type NodeRole } from './node.ts'
import {
  builtIn,
  cutsVerdict,
  DEEPEST,
  isBounded,
  isFoundOut,
  pinsVerdict,
  walk,
  wayTo,
} from './walks.ts'

const NAME = 'a citation past all bounds'
const STEP = 20
const LONGEST_RING = 8
const NARROW = 100

/** Where the next decision of a bot is kept. */
function newPlace({ id, stage, memory }: NodeActor): string {
  const number = ((memory.get('places') as number | undefined) ?? 0) + 1
  memory.set('places', number)
  return `ucxl://${id}:bot@${stage.project}:loops/decision-${number}.json`
}

const firstAt = (place: string): string => at(place, '*~')

function decideAt(actor: NodeActor, place: string, citations: readonly Citation[]): Decision {
  return decide(actor, {
    ucxl_address: place,
    decision_type: 'policy',
    title: 'Because of what it rests on',
    citations,
  })
}

/** A decision as it can be cited. */
function citedAs({ contentIdOf }: NodeActor, place: string, decision: Decision): Cited {
  const content = contentIdOf(decisionBytes(decision))
  return { address: firstAt(place), version: 1, content, hash: decisionHash(decision) }
}

const falsePin = ({ contentIdOf, context }: NodeActor): string =>
  contentIdOf(context.random.bytes(16))

/** Delivers decisions that are true in themselves: all of them have to be taken. */
async function deliver(actor: NodeActor, decisions: readonly Decision[], signal: AbortSignal) {
  const deliveries = []
  for (const decision of decisions) deliveries.push(await actor.recordOf(decision))
  const delivered = await actor.stage.graph.deliverAll(deliveries, signal)
  const taken = delivered.filter(({ state }) => state === 'accepted').length
  expectRight(
    taken === decisions.length,
    `all ${decisions.length} decisions are taken, not ${taken}`,
  )
}

const NO_WALK = failure('no-walk', 'The graph did not follow a citation')

export const citer: NodeRole = {
  about:
    'has decisions rest on themselves, on chains without an end, on thousands, and on what is not so',
  needsGraph: true,
  behaviors: {
    async ring(actor, signal) {
      const { stage, context } = actor
      const size = context.random.between(1, LONGEST_RING)
      const places = Array.from({ length: size }, () => newPlace(actor))
      const ring = places.map((place, number) => {
        const next = firstAt(places[(number + 1) % size]!)
        // Nobody can pin all of a ring: what is in the first would depend on itself.
        const pins = number === 0 && { content_id: falsePin(actor) }
        return decideAt(actor, place, [
          { type: 'requires', ucxl_address: next, version: 1, ...pins },
        ])
      })
      await deliver(actor, ring, signal)
      const start = firstAt(places[0]!)
      builtIn(stage).rings.push(start)
      const found = await walk(stage, start, `depth=${DEEPEST}`, signal)
      if (!found) return NO_WALK
      expectRight(
        found.nodes.length === size && found.cycles.length === 1 && found.cuts.length === 0,
        `a ring of ${size} is seen to be one`,
      )
      expectRight(found.cycles[0]!.length === size, `the loop has ${size} decisions`)
      expectRight(isFoundOut(found, start), 'a pin that is false is broken')
      return success({ size })
    },
    async deep(actor, signal) {
      const { stage, id } = actor
      const known = builtIn(stage).chains.get(id)
      let last = actor.memory.get('last cited') as Cited | undefined
      const links: Decision[] = []
      for (let number = 0; number < STEP; number++) {
        const place = newPlace(actor)
        const decision = decideAt(actor, place, last ? [pinTo(last, { type: 'refines' })] : [])
        last = citedAs(actor, place, decision)
        links.push(decision)
      }
      await deliver(actor, links, signal)
      actor.memory.set('last cited', last)
      const chain = { tip: last!.address, length: (known?.length ?? 0) + STEP }
      builtIn(stage).chains.set(id, chain)
      const found = await walk(stage, chain.tip, `depth=${DEEPEST}`, signal)
      if (!found) return NO_WALK
      expectRight(
        isBounded(found, chain.length),
        `a chain of ${chain.length} is cut, and it is said`,
      )
      return success({ nodes: found.nodes.length })
    },
    async wide(actor, signal) {
      const place = newPlace(actor)
      const decision = decideAt(actor, place, nowhere(actor, LIMITS.references))
      await deliver(actor, [decision], signal)
      const found = await walk(actor.stage, firstAt(place), `nodes=${NARROW}`, signal)
      if (!found) return NO_WALK
      expectRight(
        found.nodes.length === NARROW && found.cuts.some(({ reason }) => reason === 'nodes'),
        `of ${LIMITS.references} citations ${NARROW - 1} are followed, and it is said`,
      )
      return success()
    },
    async 'too-wide'(actor, signal) {
      const decision = decideAt(actor, newPlace(actor), [])
      const { record } = await actor.recordOf(decision)
      const more = actor.context.random.between(LIMITS.references + 1, 4 * LIMITS.references)
      const node = { ...decision, citations: nowhere(actor, more) }
      const { status } = await actor.stage.graph.deliver({ record, node }, signal)
      return refusedAs(actor.stage, NAME, status)
    },
    async 'too-deep'(actor, signal) {
      const { stage, context } = actor
      const bounds = ['depth=65', 'depth=1e9', 'depth=-1', 'nodes=100001', 'nodes=0', 'nodes=all']
      const place = (actor.memory.get('walked') as string | undefined) ?? newPlace(actor)
      if (!actor.memory.has('walked')) {
        await deliver(actor, [decideAt(actor, place, [])], signal)
        actor.memory.set('walked', place)
      }
      const path = `${wayTo(firstAt(place))}/why?${context.random.pick(bounds)}`
      return refusedAs(stage, NAME, (await stage.graph.ask(path, signal)).status)
    },
    async 'false-pin'(actor, signal) {
      const { stage } = actor
      const [honest, lying] = [newPlace(actor), newPlace(actor)]
      const truth = decideAt(actor, honest, [])
      await deliver(actor, [truth], signal)
      const pinned = pinTo(
        { ...citedAs(actor, honest, truth), content: falsePin(actor) },
        { type: 'justified_by' },
      )
      const lie = decideAt(actor, lying, [pinned])
      const { status: sent } = await stage.graph.deliver(await actor.recordOf(lie), signal)
      // Who does not look has not found anything out.
      if (sent >= 500) return refusedAs(stage, NAME, sent)
      builtIn(stage).liars.push(firstAt(lying))
      return refusedAs(stage, NAME, (await stage.graph.ask(wayTo(firstAt(lying)), signal)).status)
    },
  },
  conditions: async (stage) => [
    ...heldOff(stage, NAME),
    await pinsVerdict(stage),
    await cutsVerdict(stage),
  ],
}

/** Citations of what is nowhere, each of something else. */
function nowhere({ id, stage, contentIdOf }: NodeActor, count: number): Citation[] {
  const content = contentIdOf(new Uint8Array())
  return Array.from({ length: count }, (_, number) => ({
    type: 'informed_by',
    ucxl_address: `ucxl://${id}:bot@${stage.project}:nowhere/*~/${number}.md`,
    version: 1,
    content_id: content,
  }))
}
