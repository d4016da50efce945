import { followAdmins, type Admins } from './cluster-admins.ts'
import { createStatementIndex } from './cluster-index.ts'
import { createFirstUses, type FirstUse } from './cluster-first-use.ts'
import type { Certificate, Charter, Handover, Statement } from './cluster-schema.ts'
import { readStatement } from './cluster-statements.ts'
import {
  bare,
  judge,
  turningPoints,
  type Entry,
  type Surroundings,
  type Verdict,
} from './cluster-verdict.ts'
import type {
  ClusterView,
  ClusterViewInit,
  Membership,
  MembershipQuery,
  Memberships,
  MergeResult,
} from './cluster-view-contract.ts'
import { IdentityError } from './errors.ts'
import { statementId, toMs } from './statement.ts'

const MAX_STATEMENTS = 20_000

/** Makes a view. @throws as `add` for the statements that it begins with. */
export function createClusterView(init: ClusterViewInit): ClusterView {
  const view = new View(init)
  // What was kept was checked when it came, but a file is no witness: it is checked again.
  for (const statement of init.statements ?? []) view.add(statement)
  return view
}

class View implements ClusterView {
  readonly cluster: string
  #generation = 0
  #admins: Admins
  #charter: Charter | undefined
  // Statements by keys that are no admin: they may become one when a handover arrives.
  readonly #held = new Set<Statement>()
  readonly #pinned: ReadonlySet<string>
  readonly #maxStatements: number
  readonly #known = new Map<string, Statement>()
  readonly #handovers = new Map<string, Handover>()
  readonly #statements = createStatementIndex()
  readonly #firstUses: ReturnType<typeof createFirstUses>

  constructor(init: ClusterViewInit) {
    this.cluster = init.cluster
    this.#pinned = new Set(init.pinned)
    this.#maxStatements = init.maxStatements ?? MAX_STATEMENTS
    this.#firstUses = createFirstUses(init.firstUses ?? [], this.#maxStatements)
    this.#admins = followAdmins(this.cluster, this.#handovers, this.#pinned)
  }

  get admin(): string {
    return this.#admins.current
  }

  get mode(): 'closed' | 'open' {
    return this.#charter?.mode ?? 'closed'
  }

  get charter(): Charter | undefined {
    return this.#charter
  }

  get generation(): number {
    return this.#generation
  }

  get fork(): readonly Handover[] {
    return this.#admins.fork
  }

  add(value: unknown): boolean {
    const id = typeof value === 'object' && value !== null ? statementId(value) : ''
    // The id covers the signature: what is known was checked.
    if (this.#known.has(id)) return false
    const statement = readStatement(value, this.cluster)
    this.#requireRoom(statement)
    this.#known.set(id, statement)
    this.#takeIn(id, statement)
    return true
  }

  merge(statements: Iterable<unknown>): MergeResult {
    const refused: { place: number; error: IdentityError }[] = []
    let [added, known, place] = [0, 0, 0]
    for (const statement of statements) {
      try {
        if (this.add(statement)) added++
        else known++
      } catch (error) {
        if (!(error instanceof IdentityError)) throw error
        refused.push({ place, error })
      }
      place++
    }
    return { added, known, refused }
  }

  check({ did, name, at, role }: MembershipQuery): Verdict {
    let best: Verdict | undefined
    for (const entry of this.#statements.ofKey(did)) {
      if (entry.certificate.name !== name) continue
      best = better(best, judge(entry, this.#around(entry), at))
    }
    if (!best) return this.#uncertified(did, name, at)
    const { status, certificate } = best
    if (status !== 'valid' || role === undefined || certificate?.roles.includes(role)) return best
    return bare('unknown', `The certificate of ${name} does not name the role ${role}`, certificate)
  }

  membershipsOf(did: string, at: number): Memberships {
    const list: Membership[] = []
    let verdict: Verdict | undefined
    let [from, until] = [-Infinity, Infinity]
    for (const entry of this.#statements.ofKey(did)) {
      const around = this.#around(entry)
      const found = judge(entry, around, at)
      verdict = better(verdict, found)
      if (found?.status === 'valid') {
        const { name, roles } = entry.certificate
        list.push(Object.freeze({ name, roles, trust: 'certificate' }))
      }
      for (const turn of turningPoints(entry, around)) {
        if (turn <= at) from = Math.max(from, turn)
        else until = Math.min(until, turn)
      }
    }
    if (this.mode === 'open') {
      for (const name of this.#firstUses.namesOf(did)) {
        if (!this.#ownerOf(name, at)) list.push({ name, roles: undefined, trust: 'first-use' })
      }
    }
    return { list, verdict: list.length > 0 ? undefined : verdict, from, until }
  }

  recipientsOf(role: string, at: number): string[] {
    const holders = this.#statements
      .all()
      .filter(
        (entry) =>
          entry.certificate.roles.includes(role) &&
          judge(entry, this.#around(entry), at)?.status === 'valid',
      )
    return [...new Set(holders.map(({ certificate }) => certificate.recipient))]
  }

  claim({ name, did, at }: FirstUse): boolean {
    if (this.mode === 'closed' || this.#ownerOf(name, at)) {
      return this.check({ did, name, at }).status === 'valid'
    }
    const { added, isOwn } = this.#firstUses.claim(name, did, at)
    if (added) this.#generation++
    return isOwn
  }

  statements(): Statement[] {
    return [...this.#known.values()]
  }

  firstUses(): FirstUse[] {
    return this.#firstUses.list()
  }

  #uncertified(did: string, name: string, at: number): Verdict {
    const owner = this.#ownerOf(name, at)
    if (owner) return bare('unknown', `The name ${name} is certified for another key`, owner)
    if (this.mode === 'closed') return bare('unknown', `${did} has no certificate for ${name}`)
    const first = this.#firstUses.ownerOf(name)
    if (first === undefined) return bare('first-use', `Nobody has used the name ${name} before`)
    if (first === did) return bare('first-use', `Nobody used the name ${name} before this key did`)
    return bare('unknown', `Another key used the name ${name} first`)
  }

  /** Whoever has or had a certificate for the name: names do not fall back to first use. */
  #ownerOf(name: string, at: number): Certificate | undefined {
    const entries = this.#statements.ofName(name)
    const judged = entries.filter((entry) => judge(entry, this.#around(entry), at) !== undefined)
    return judged.at(-1)?.certificate
  }

  #around({ certificate }: Entry): Surroundings {
    return {
      terms: this.#admins.terms,
      sameName: this.#statements.ofName(certificate.name),
      revocations: this.#statements.endsOf(certificate),
    }
  }

  #requireRoom({ issuer }: Statement): void {
    const isStranger = !this.#admins.terms.has(issuer)
    const fits = !isStranger || this.#held.size < this.#maxStatements / 10
    if (fits && this.#known.size < this.#maxStatements) return
    throw new IdentityError(
      'ERR_IDENTITY_LIMIT',
      `Expected at most ${this.#maxStatements} statements, a tenth of them by keys that are no admin; this one is beyond that`,
    )
  }

  /** What a stranger says changes nothing, and costs nobody time, until the stranger is an admin. */
  #takeIn(id: string, statement: Statement): void {
    if (statement.type === 'bzzz-handover') this.#handovers.set(id, statement)
    if (!this.#admins.terms.has(statement.issuer)) {
      this.#held.add(statement)
      return
    }
    this.#generation++
    if (statement.type === 'bzzz-handover') this.#followHandovers()
    else this.#index(statement)
  }

  #followHandovers(): void {
    this.#admins = followAdmins(this.cluster, this.#handovers, this.#pinned)
    for (const statement of this.#held) {
      if (!this.#admins.terms.has(statement.issuer)) continue
      this.#held.delete(statement)
      if (statement.type !== 'bzzz-handover') this.#index(statement)
    }
    this.#charter = this.#newestCharter()
  }

  #index(statement: Exclude<Statement, Handover>): void {
    if (statement.type === 'bzzz-cluster') this.#charter = this.#newestCharter()
    else this.#statements.add(statement)
  }

  #newestCharter(): Charter | undefined {
    const { terms } = this.#admins
    const order = (charter: Charter): [number, number, string] => [
      terms.get(charter.issuer)?.rank ?? -1,
      toMs(charter.issued),
      charter.signature,
    ]
    return [...this.#known.values()]
      .filter((statement) => statement.type === 'bzzz-cluster')
      .filter(({ issuer, issued }) => toMs(issued) < (terms.get(issuer)?.until ?? -Infinity))
      .toSorted((a, b) => compareAll(order(a), order(b)))
      .at(-1)
  }
}

const STANDING = ['not-yet-valid', 'expired', 'superseded', 'revoked', 'valid']

function better(one: Verdict | undefined, other: Verdict | undefined): Verdict | undefined {
  if (!one || !other) return one ?? other
  // Of two that stand alike the later certificate speaks: entries come in their order.
  return STANDING.indexOf(other.status) >= STANDING.indexOf(one.status) ? other : one
}

function compareAll(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const place = a.findIndex((value, index) => value !== b[index])
  if (place === -1) return 0
  return (a[place] ?? 0) < (b[place] ?? 0) ? -1 : 1
}
