import { parseKey, type Address } from '@bzzz/ucxl-address'
import type { Verdict } from './cluster-verdict.ts'
import type { IdentityErrorCode } from './errors.ts'
import { OPERATIONS, testsOf, type Operation, type PolicyRules, type Test } from './policy-rules.ts'

/** What was decided, and why. Frozen. */
export interface Decision {
  readonly allowed: boolean
  /** A sentence for people. */
  readonly reason: string
  /** Where it is denied. */
  readonly code?: IdentityErrorCode
}

/** One name with its roles; a token may come without a name, a name by first use without roles. */
interface Holding {
  readonly name: string | undefined
  readonly roles: readonly string[] | undefined
  readonly trust: 'certificate' | 'first-use' | 'token'
}

/** What is known of whoever asks. */
export interface PrincipalInit {
  readonly rules: PolicyRules
  readonly list: readonly Holding[]
  /** Where the list is empty: why. */
  readonly verdict: Verdict | undefined
  /** In an open cluster: whether a name is this key's by first use, or still nobody's. */
  readonly firstUse: ((name: string) => boolean) | undefined
  readonly from: number
  readonly until: number
}

/** Whoever asks, with what was decided before. Milliseconds since 1970. */
export interface Principal {
  readonly from: number
  readonly until: number
  decide(operation: Operation, key: string): Decision
}

/** The tests that one holding brings, or everybody's where there is none. */
interface Group {
  readonly holding: Holding | undefined
  readonly grants: readonly Grant[]
}

/** What is said where a test matches: made once, and not for each address. */
interface Grant {
  readonly test: Test
  readonly decision: Decision
}

// What is signed under a name is for whoever holds the name, whatever the rules say.
const OWN_NAME: ReadonlySet<Operation> = new Set(['write', 'delete', 'announce'])
const KEPT_DECISIONS = 4096

export function createPrincipal(init: PrincipalInit): Principal {
  const decisions = new Map(OPERATIONS.map((operation) => [operation, new Map<string, Decision>()]))
  const tests = new Map<Operation, readonly Group[]>()

  const testsFor = (operation: Operation): readonly Group[] => {
    let found = tests.get(operation)
    if (!found) {
      const everyone = groupOf(undefined, testsOf(init.rules.everyone, operation, {}))
      found = [everyone, ...init.list.map((holding) => grantsOf(init.rules, operation, holding))]
      tests.set(operation, found)
    }
    return found
  }

  const find = (operation: Operation, key: string): Decision => {
    let address: Address
    try {
      address = parseKey(key)
    } catch {
      return denied(
        'ERR_IDENTITY_FORBIDDEN',
        'it is no key of a context, exactly as one is written',
      )
    }
    const groups = OWN_NAME.has(operation)
      ? ownGroups(init, testsFor(operation), operation, address)
      : testsFor(operation)
    if (groups.length === 0) {
      const who = `${address.agent} as ${address.role}`
      return denied(codeOf(init) ?? 'ERR_IDENTITY_NAME', `it is for who is certified to be ${who}`)
    }
    for (const group of groups) {
      const grant = group.grants.find(({ test }) => test.matches(key))
      if (grant) return grant.decision
    }
    return denied(codeOf(init) ?? 'ERR_IDENTITY_FORBIDDEN', `no rule allows to ${operation} it`)
  }

  return {
    from: init.from,
    until: init.until,
    decide: (operation, key) => {
      const kept = decisions.get(operation)
      if (!kept) return denied('ERR_IDENTITY_FORBIDDEN', 'there is no such operation')
      const known = kept.get(key)
      if (known) return known
      const decision = find(operation, key)
      if (kept.size >= KEPT_DECISIONS) kept.clear()
      kept.set(key, decision)
      return decision
    },
  }
}

/** The rules that count for what is signed: those of the holding that the key is under. */
function ownGroups(
  init: PrincipalInit,
  groups: readonly Group[],
  operation: Operation,
  { agent, role }: Address,
): readonly Group[] {
  const own = groups.filter(
    ({ holding }) => holding?.name === agent && (holding.roles?.includes(role) ?? true),
  )
  if (own.length > 0 || init.firstUse?.(agent) !== true) return own
  const holding = { name: agent, roles: undefined, trust: 'first-use' } as const
  return [grantsOf(init.rules, operation, holding)]
}

function grantsOf(rules: PolicyRules, operation: Operation, holding: Holding): Group {
  const self = holding.name
  const members = testsOf(rules.members, operation, { self })
  const roles = (holding.roles ?? []).flatMap((role) =>
    testsOf(Object.hasOwn(rules.roles, role) ? rules.roles[role] : [], operation, { self, role }),
  )
  return groupOf(holding, [...roles, ...members])
}

function groupOf(holding: Holding | undefined, tests: readonly Test[]): Group {
  return { holding, grants: tests.map((test) => ({ test, decision: allowed(test, holding) })) }
}

function codeOf({ list, verdict }: PrincipalInit): IdentityErrorCode | undefined {
  return list.length === 0 ? verdict?.code : undefined
}

function allowed({ text }: Test, holding: Holding | undefined): Decision {
  const who =
    holding === undefined
      ? 'everyone'
      : `${holding.name ?? 'the token'} (by ${holding.trust}${holding.roles ? `: ${holding.roles.join(', ')}` : ''})`
  return Object.freeze({ allowed: true, reason: `Allowed to ${who} by ${text}` })
}

function denied(code: IdentityErrorCode, why: string): Decision {
  return Object.freeze({ allowed: false, code, reason: `Denied: ${why}` })
}
