import type { Verdict } from '@bzzz/bot-framework/metrics'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE, decisionBytes, type Decision } from '@bzzz/decision-schema'
import type { BotPart } from '../actor.ts'
import type { Break } from '../breaks.ts'
import type { Delivered, Graph, GraphAnswer } from '../roles/node.ts'
import { startFront } from './front.ts'

class RefusedLot extends Error {
  readonly code: string

  constructor(status: number) {
    super(`The graph answered ${status} to decisions`)
    this.code = `http-${status}`
  }
}

const JSON_TYPE = 'application/json'

/** The graph that a run plays on, with what must hold of it. */
interface OpenGraph {
  readonly graph: Graph
  verdicts(): Promise<Verdict[]>
  close(): Promise<void>
}

const unknown = async (): Promise<never> => {
  throw new Error('No graph of decisions is known: target.graph says where it is')
}
const NO_GRAPH: OpenGraph = {
  graph: { ask: unknown, deliver: unknown, deliverAll: unknown },
  verdicts: async () => [],
  close: async () => {},
}

/** Opens the graph at a URL, be it broken on purpose; without one, whoever asks it fails. */
export async function openGraph(
  url: string | undefined,
  { token, broken }: { readonly token?: string | undefined; readonly broken: Break | undefined },
): Promise<OpenGraph> {
  if (url === undefined) return NO_GRAPH
  const front = broken && (await startFront(url, broken))
  const graph = graphAt(front?.url ?? url, token)
  return {
    graph,
    verdicts: async () => {
      const state = await graph.ask('/health').then(
        ({ status }) => String(status),
        (error: unknown) => String(error),
      )
      return [{ name: 'the graph still serves', ok: state === '200', detail: state }]
    },
    close: async () => front?.close(),
  }
}

/** A graph of decisions over HTTP. Its client is plain, so that it can say what no client would. */
function graphAt(url: string, token: string | undefined): Graph {
  const base = url.replace(/\/+$/, '')
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const send = async (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${base}${path}`, { ...init, redirect: 'manual' })
  const post = async (type: string, body: string, signal: AbortSignal): Promise<Response> =>
    send('/decisions', {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body,
      signal,
    })
  return {
    ask: async (path, signal) => answerOf(await send(path, { headers, ...(signal && { signal }) })),
    deliver: async (delivery, signal) =>
      answerOf(await post(JSON_TYPE, JSON.stringify(delivery), signal)),
    async deliverAll(deliveries, signal) {
      const lines = deliveries.map((each) => JSON.stringify(each)).join('\n')
      const answer = await post('application/x-ndjson', lines, signal)
      const text = (await answer.text()).trimEnd()
      if (answer.status !== 200) throw new RefusedLot(answer.status)
      return text.split('\n').map((line) => JSON.parse(line) as Delivered)
    },
  }
}

async function answerOf(answer: Response): Promise<GraphAnswer> {
  return { status: answer.status, body: await answer.json().catch(() => undefined) }
}

/** Makes deliveries in the name of a bot, by records that it signs itself, as a node of its own would. */
export function recorderOf({ context, memory }: Pick<BotPart, 'context' | 'memory'>) {
  return async (decision: Decision): Promise<{ record: object; node: Decision }> => {
    const store = (memory.get('records') as ContextStore | undefined) ?? newStore()
    const { record } = await store.put({
      address: decision.ucxl_address,
      content: decisionBytes(decision),
      contentType: DECISION_MEDIA_TYPE,
    })
    return { record, node: decision }
  }
  function newStore(): ContextStore {
    const made = createMemoryStore({ writer: context.identity, now: () => context.clock.now() })
    memory.set('records', made)
    return made
  }
}
