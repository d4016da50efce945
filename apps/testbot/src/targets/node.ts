import type { Clock, Random } from '@bzzz/bot-framework'
import { contentIdOf } from '@bzzz/context-store'
import { createUcxiClient } from '@bzzz/ucxi/client'
import { startsGraph } from '../needs.ts'
import { WRONG_ANSWER, type NodeActor, type NodeStage } from '../roles/node.ts'
import { NODE_ROLES } from '../roles/table.ts'
import type { Scenario } from '../scenario.ts'
import { startFront } from './front.ts'
import { openGraph, recorderOf } from './graph.ts'
import { startOwnNode } from './own-node.ts'
import type { NodeSpec } from './spec.ts'
import type { Break } from '../breaks.ts'
import type { Target } from './target.ts'

interface NodeInit {
  readonly clock: Clock
  readonly random: Random
  readonly broken?: Break
  /** The Bearer token of a node that runs elsewhere. */
  readonly token?: string
  /** That of its graph. */
  readonly graphToken?: string
}

/** A node of the shared memory, over HTTP: one that runs elsewhere, or one that is started here. */
export async function nodeTarget(
  scenario: Scenario,
  { url: elsewhere, graph: graphElsewhere, patienceMs, store }: NodeSpec,
  init: NodeInit,
): Promise<Target<NodeActor, NodeStage>> {
  const { clock, random, broken } = init
  const token = elsewhere === undefined ? undefined : init.token
  const { attempts, timeoutMs, seed } = scenario
  const withGraph = startsGraph(scenario)
  const own =
    elsewhere === undefined
      ? await startOwnNode({ clock, seed, patienceMs, store, withGraph })
      : undefined
  const behind = own?.url ?? elsewhere!
  const front = broken && (await startFront(behind, broken))
  const { graph, ...beside } = await openGraph(own?.graph ?? graphElsewhere, {
    ...(own?.graph === undefined && { token: init.graphToken }),
    broken,
  })
  const url = (front?.url ?? behind).replace(/\/+$/, '')
  const authorization: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const clientOf = (chance: Random) =>
    createUcxiClient({
      url,
      timeoutMs,
      retry: { attempts },
      random: () => chance.next(),
      ...(token !== undefined && { token }),
    })
  const client = clientOf(random.split('conditions'))
  return {
    roles: NODE_ROLES,
    stage: (scene) => ({
      ...scene,
      url,
      head: Object.entries({ host: new URL(url).host, ...authorization })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join(''),
      patienceMs,
      client,
      graph,
      project: `testbot-${Math.floor(clock.now()).toString(36)}`,
    }),
    actor: (part, stage) => ({
      ...part,
      stage,
      contentIdOf,
      recordOf: recorderOf(part),
      client: clientOf(part.context.random.split('client')),
      request: async (path, { headers, ...request }) =>
        fetch(`${url}${path}`, {
          ...request,
          headers: { ...headers, ...authorization },
          redirect: 'manual',
        }),
    }),
    verdicts: async ({ total: { errors } }) => {
      const state = await client.health().then(
        ({ status }) => status,
        (error: unknown) => String(error),
      )
      const wrong = errors[WRONG_ANSWER] ?? 0
      return [
        { name: 'the node still serves', ok: state === 'ok', detail: state },
        ...(await beside.verdicts()),
        { name: 'no answer was wrong', ok: wrong === 0, detail: `${wrong} answers` },
      ]
    },
    close: async () => {
      await front?.close()
      await beside.close()
      await own?.close()
    },
  }
}
