import type { Decision } from '@bzzz/decision-schema'
import type { UcxiClient } from '@bzzz/ucxi/client'
import type { BotPart, Role, Scene } from '../actor.ts'

/** A bot on a node of the shared memory, with what it has to act with. */
export interface NodeActor extends BotPart {
  readonly client: UcxiClient
  readonly stage: NodeStage
  /** A request of HTTP, for what the client has no call for. Redirects are not followed. */
  readonly request: (
    path: string,
    init: { readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
  ) => Promise<Response>
  /** The content id of some bytes, reckoned here. */
  readonly contentIdOf: (bytes: Uint8Array) => string
  /** A decision with a record that the bot signs, as the graph takes it. */
  readonly recordOf: (decision: Decision) => Promise<Delivery>
}

/** A version of a decision on its way to the graph. */
interface Delivery {
  readonly record: object
  readonly node: object
}

/** What the graph says of one of many deliveries. */
export interface Delivered {
  readonly state?: string
  /** Where it was refused. */
  readonly code?: string
}

/** What the graph answered. */
export interface GraphAnswer {
  readonly status: number
  /** Undefined for what is no JSON. */
  readonly body: unknown
}

/** The service that knows what decisions rest on: SLURP, over HTTP. */
export interface Graph {
  ask(path: string, signal?: AbortSignal): Promise<GraphAnswer>
  deliver(delivery: Delivery, signal: AbortSignal): Promise<GraphAnswer>
  /** Many at once. @returns what became of each. @throws with the code `http-…` where all are refused */
  deliverAll(deliveries: readonly Delivery[], signal: AbortSignal): Promise<readonly Delivered[]>
}

/** What bots on a node share. */
export interface NodeStage extends Scene<NodeActor> {
  /** Where the node listens. */
  readonly url: string
  /** The header lines that every request needs: the host, and the token where there is one. */
  readonly head: string
  /** The project that bots of this run write in, and nobody else. */
  readonly project: string
  /** Milliseconds within which the node has to end who sends or reads slowly. */
  readonly patienceMs: number
  /** A client of nobody, for the conditions. */
  readonly client: UcxiClient
  /** The graph of decisions. Asking for it fails where none is known, which no role that needs it meets. */
  readonly graph: Graph
}

export interface NodeRole extends Role<NodeActor, NodeStage> {
  /** Whether it is played on the graph of decisions, beside the node. */
  readonly needsGraph?: true
}

/** The kind of failure where the node answered, and what it said cannot be. */
export const WRONG_ANSWER = 'wrong-answer'

class WrongAnswer extends Error {
  readonly code = WRONG_ANSWER
}

/** Has an answer be right. @throws with the code `wrong-answer` where it is not. */
export function expectRight(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new WrongAnswer(`Expected of the node that ${what}`)
}

/** An address as a part of a path: it is its own URL. */
export function inPath(address: string): string {
  return address.replace('ucxl://', '').replaceAll('^', '%5E')
}

/** One version of a context, by its temporal segment. */
export function at(address: string, temporal: string): string {
  const [scheme, , names, ...path] = address.split('/')
  return [scheme, '', names, temporal, ...path].join('/')
}
