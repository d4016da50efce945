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
}

export type NodeRole = Role<NodeActor, NodeStage>

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
