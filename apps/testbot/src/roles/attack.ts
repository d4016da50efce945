import { sign, type Network, type TransportResponse } from '@bzzz/adnet'
import { failure, success, type BehaviorResult } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import type { Identity } from '@bzzz/identity'
import { see, type Actor, type Seen } from '../actor.ts'

type Input = Readonly<Record<string, unknown>>

/** Sends an operation as it is given, signed or not, without a client that would know better. */
export async function send(
  actor: Actor,
  to: {
    readonly network: Network
    readonly path: string
    readonly body: string
    readonly signal: AbortSignal
  },
): Promise<number> {
  const { network, path, body, signal } = to
  const headers = { 'content-type': 'application/json' }
  const answer = await actor.raw[network]({ method: 'POST', path, headers, body, signal })
  await drain(answer)
  return answer.status
}

/** A body with a signature that is right for what is in it. */
export function signedBody(
  actor: Actor,
  what: {
    readonly network: Network
    readonly operation: string
    readonly input: Input
    readonly signer: Identity
    readonly params?: Input
  },
): string {
  const { network, operation, input, signer, params = {} } = what
  const auth = sign(signer, {
    network,
    operation,
    nonce: actor.nonce(),
    input: { ...params, ...input },
  })
  return JSON.stringify({ ...input, auth })
}

/**
 * How an attack went: well where the target refused it. A target that has no answer to it at all has not
 * refused it.
 */
export function refusedAs(stage: Seen, name: string, status: number): BehaviorResult {
  see(stage, `${name} tried`)
  if (status >= 400 && status < 500) return success()
  see(stage, `${name} got through`)
  return failure(
    status < 400 ? 'accepted' : `http-${status}`,
    `The target answered ${status} to ${name}`,
  )
}

/** Calls that must be refused: whether they were, by what the client threw. */
export async function refusedCall(
  stage: Seen,
  name: string,
  call: () => Promise<unknown>,
): Promise<BehaviorResult> {
  try {
    await call()
    return refusedAs(stage, name, 200)
  } catch (error) {
    const { status } = error as { status?: number }
    if (status === undefined) throw error
    return refusedAs(stage, name, status)
  }
}

/** That an attack was tried, and never got through by what the target answered. */
export function heldOff(stage: Seen, name: string): Verdict[] {
  const tried = stage.seen.get(`${name} tried`) ?? 0
  const through = stage.seen.get(`${name} got through`) ?? 0
  return [
    { name: `${name} was tried`, ok: tried > 0, detail: `${tried} times` },
    { name: `${name} was refused`, ok: through === 0, detail: `${through} got through` },
  ]
}

/** That something is as it was. */
export function same(name: string, expected: unknown, found: unknown): Verdict {
  const ok = String(expected) === String(found)
  return { name, ok, detail: ok ? String(found) : `${String(found)}, and not ${String(expected)}` }
}

async function drain({ body }: TransportResponse): Promise<void> {
  for await (const _ of body) {
    // Read to the end, so that the connection can be used again.
  }
}
