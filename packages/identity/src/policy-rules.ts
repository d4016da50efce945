import { compilePattern, parse, type CompiledPattern } from '@bzzz/ucxl-address'
import { z } from 'zod'
import { IdentityError } from './errors.ts'
import { nameSchema } from './statement.ts'

/** Everything that can be asked for. */
export const OPERATIONS = ['read', 'write', 'delete', 'announce', 'decide', 'administer'] as const

/** What somebody wants to do with a context. */
export type Operation = (typeof OPERATIONS)[number]

const ruleSchema = z.strictObject({
  patterns: z.array(z.string().max(2048)).min(1).max(64),
  operations: z.array(z.enum(OPERATIONS)).min(1).max(OPERATIONS.length),
})
const listSchema = z.array(ruleSchema).max(256)

/** The schema of {@link PolicyRules}, for configurations. */
export const policySchema = z.strictObject({
  version: z.literal(1),
  roles: z.record(nameSchema, listSchema),
  members: listSchema.optional(),
  everyone: listSchema.optional(),
})

/** These operations, on contexts that these patterns match. */
export type Rule = z.infer<typeof ruleSchema>

/**
 * Who may do what: everything that no rule allows is denied. As a name or a segment of a pattern,
 * `$self` stands for the name that the certificate gives, `$role` for the role that the rule is of.
 */
export interface PolicyRules {
  readonly version: 1
  /** What each role allows. */
  readonly roles: Readonly<Record<string, readonly Rule[]>>
  /** What any member may, whatever its role; in an open cluster also a name by first use. */
  readonly members?: readonly Rule[] | undefined
  /** What anybody may, also who is nobody. */
  readonly everyone?: readonly Rule[] | undefined
}

const EVERYTHING = 'ucxl://any:any@any:any/**'

/** The rules of an open cluster that has none of its own: read everything, write under one's name. */
export const OPEN_RULES: PolicyRules = {
  version: 1,
  roles: {},
  members: [{ patterns: [EVERYTHING], operations: ['write', 'delete', 'announce', 'decide'] }],
  everyone: [{ patterns: [EVERYTHING], operations: ['read'] }],
}

/** A rule's pattern for one operation, made ready. */
export interface Test {
  /** The pattern as it stands in the rules. */
  readonly text: string
  readonly matches: (this: void, key: string) => boolean
}

/** What stands for `$self` and `$role`. */
export interface Substitutes {
  readonly self?: string | undefined
  readonly role?: string | undefined
}

/** @throws `ERR_IDENTITY_POLICY` with the rule that is wrong. */
export function readRules(rules: unknown): PolicyRules {
  const result = policySchema.safeParse(rules)
  if (!result.success) {
    const [issue] = result.error.issues
    throw refused(issue?.path.join('.') || 'the whole', issue?.message ?? 'malformed')
  }
  const lists = Object.entries(result.data.roles).map(
    ([role, list]) => [`roles.${role}`, list] as const,
  )
  const all = [
    ...lists,
    ['members', result.data.members],
    ['everyone', result.data.everyone],
  ] as const
  // Every pattern is tried now, so that a wrong one is found when rules are set and not when asked.
  for (const [where, list = []] of all) {
    list.forEach(({ patterns }, place) => {
      for (const text of patterns) compileTest(text, { self: 'a', role: 'a' }, `${where}.${place}`)
    })
  }
  return result.data
}

/** The tests of a list of rules for an operation. A pattern with `$self` tests nothing for nobody. */
export function testsOf(
  list: readonly Rule[] | undefined,
  operation: Operation,
  substitutes: Substitutes,
): Test[] {
  return (list ?? [])
    .filter(({ operations }) => operations.includes(operation))
    .flatMap(({ patterns }) => patterns)
    .flatMap((text) => compileTest(text, substitutes, text) ?? [])
}

const SUBSTITUTE = /\$(self|role)(?=[:@/]|$)/g

// Most patterns hold for everybody: each is compiled once.
const compiled = new Map<string, CompiledPattern>()
const KEPT_PATTERNS = 4096

function compileTest(text: string, { self, role }: Substitutes, where: string): Test | undefined {
  // A name begins with no dollar, and a segment that is to be one literally writes %24.
  const written = text.replaceAll(SUBSTITUTE, (found, which) =>
    which === 'self' ? (self ?? found) : (role ?? found),
  )
  if (written.search(SUBSTITUTE) !== -1) return undefined
  let pattern = compiled.get(written)
  if (!pattern) {
    try {
      pattern = compilePattern(parse(written))
    } catch (cause) {
      throw refused(where, `${JSON.stringify(text)} is no pattern: ${(cause as Error).message}`)
    }
    if (compiled.size >= KEPT_PATTERNS) compiled.clear()
    compiled.set(written, pattern)
  }
  const made = pattern
  return { text, matches: (key) => made.testKey(key) }
}

function refused(where: string, what: string): IdentityError {
  return new IdentityError(
    'ERR_IDENTITY_POLICY',
    `Expected rules such as {"version":1,"roles":{"architect":[{"patterns":["ucxl://any:any@shop:any/**"],"operations":["read"]}]}}; ${where} is wrong: ${what}`,
  )
}
