/**
 * Who may do what in a cluster: rules as data, asked in one place by every interface.
 *
 * ```ts
 * const policy = createPolicy({ view, rules, now })
 * policy.decide({ did, operation: 'write', key: 'claude:architect@shop:cart/plan.md', at })
 * const access = policy.accessFor(did)
 * access.may('read', 'bob:critic@shop:cart/review.md') // true or false
 * ```
 *
 * @packageDocumentation
 */
import type { ClusterView } from './cluster-view-contract.ts'
import { createPrincipal, type Decision, type Principal } from './policy-principal.ts'
import { OPEN_RULES, readRules, type Operation, type PolicyRules } from './policy-rules.ts'

export { OPEN_RULES, OPERATIONS, policySchema } from './policy-rules.ts'
export type { Operation, PolicyRules, Rule } from './policy-rules.ts'
export type { Decision } from './policy-principal.ts'

/** A question. */
export interface Question {
  /** Who asks, as a `did:key`; null for somebody without a key. */
  readonly did: string | null
  readonly operation: Operation
  /** Which context, as `keyOf` of `@bzzz/ucxl-address` writes it; anything else is denied. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Somebody who comes without a key of their own: through a bearer token. */
export interface TokenPrincipal {
  readonly roles: readonly string[]
  /** The name under which it may write, if any. */
  readonly name?: string | undefined
}

/** What one principal may do. */
export interface Access {
  may(operation: Operation, key: string): boolean
  /** The same with its reason. */
  explain(operation: Operation, key: string): Decision
}

/** Decides. Changes nothing by being asked. */
export interface Policy {
  decide(question: Question): Decision
  /** What a `did:key`, a token or nobody (null) may do, by the clock of the policy. */
  accessFor(principal: string | TokenPrincipal | null): Access
}

/** What a policy is made of. */
export interface PolicyInit {
  readonly view: ClusterView
  /**
   * Read by `policySchema`. Left out, a closed cluster allows nothing, and an open one
   * {@link OPEN_RULES}.
   */
  readonly rules?: PolicyRules | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const CLOSED_RULES: PolicyRules = { version: 1, roles: {} }
const KEPT_PRINCIPALS = 1024

/** Makes a policy. @throws `ERR_IDENTITY_POLICY` for rules that are wrong. */
export function createPolicy({ view, rules, now }: PolicyInit): Policy {
  const given = rules === undefined ? undefined : readRules(rules)
  const principals = new Map<string | null, Principal & { generation: number }>()

  const rulesNow = (): PolicyRules => given ?? (view.mode === 'open' ? OPEN_RULES : CLOSED_RULES)

  const principalOf = (did: string | null, at: number): Principal => {
    const kept = principals.get(did)
    if (kept && kept.generation === view.generation && at >= kept.from && at < kept.until)
      return kept
    const made = {
      ...createPrincipal({
        rules: rulesNow(),
        ...(did === null ? NOBODY : view.membershipsOf(did, at)),
        firstUse: did !== null && view.mode === 'open' ? firstUseOf(view, did, at) : undefined,
      }),
      generation: view.generation,
    }
    if (principals.size >= KEPT_PRINCIPALS) principals.clear()
    principals.set(did, made)
    return made
  }

  return Object.freeze({
    decide: ({ did, operation, key, at }: Question) => principalOf(did, at).decide(operation, key),
    accessFor: (who: string | TokenPrincipal | null) => {
      if (typeof who !== 'object' || who === null) return accessOf(() => principalOf(who, now()))
      let kept: { readonly generation: number; readonly principal: Principal } | undefined
      return accessOf(() => {
        if (kept?.generation !== view.generation) {
          kept = { generation: view.generation, principal: tokenPrincipal(rulesNow(), who) }
        }
        return kept.principal
      })
    },
  })
}

function tokenPrincipal(rules: PolicyRules, { name, roles }: TokenPrincipal): Principal {
  const list = [{ name, roles, trust: 'token' as const }]
  return createPrincipal({ ...NOBODY, rules, list, firstUse: undefined })
}

const NOBODY = { list: [], verdict: undefined, from: -Infinity, until: Infinity }

function firstUseOf(view: ClusterView, did: string, at: number): (name: string) => boolean {
  return (name) => view.check({ did, name, at }).status === 'first-use'
}

function accessOf(principal: () => Principal): Access {
  return Object.freeze({
    may: (operation: Operation, key: string) => principal().decide(operation, key).allowed,
    explain: (operation: Operation, key: string) => principal().decide(operation, key),
  })
}
