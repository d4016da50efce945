import { z } from 'zod'
import { withoutGraph } from './needs.ts'
import { MESH_ROLES, NODE_ROLES, ROLES } from './roles/table.ts'
import { targetSpec, type TargetSpec } from './targets/spec.ts'

/** Which roles each kind of target has. */
const PLAYED_ON: Readonly<Record<TargetSpec['kind'], object>> = {
  devnet: ROLES,
  networks: ROLES,
  node: NODE_ROLES,
  mesh: MESH_ROLES,
}

const rate = z.number().nonnegative().max(100_000)
const share = z.number().min(0).max(1)
const think = z.tuple([z.number().min(0), z.number().min(0)])
const bots = z.int().min(1).max(100_000)

/** How much is done in a phase, and who says when. */
const load = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('constant-rate'), rate }),
  z.strictObject({ model: z.literal('ramping-rate'), from: rate, to: rate }),
  z.strictObject({ model: z.literal('recorded-shape'), rates: z.array(rate).min(1).max(10_000) }),
  z.strictObject({ model: z.literal('constant-bots'), bots }),
  z.strictObject({ model: z.literal('ramping-bots'), from: z.int().min(0).max(100_000), to: bots }),
  z.strictObject({ model: z.literal('iterations'), perBot: z.int().min(1).max(1_000_000) }),
])
export type Load = z.infer<typeof load>

const faults = z.strictObject({
  latencyMs: z
    .union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])])
    .exactOptional(),
  unavailableRate: share.exactOptional(),
  silentRate: share.exactOptional(),
  brokenRate: share.exactOptional(),
  garbledRate: share.exactOptional(),
  isOracleStuck: z.boolean().exactOptional(),
  isHalted: z.boolean().exactOptional(),
  acceptsEverything: z.boolean().exactOptional(),
  refusesEverything: z.boolean().exactOptional(),
})

const METRICS = [
  'count',
  'perSecond',
  'errorRate',
  'dropped',
  'p50',
  'p95',
  'p99',
  'p999',
  'max',
] as const

const threshold = z
  .strictObject({
    metric: z.enum(METRICS).describe('Latencies are in milliseconds, from the intended start'),
    behavior: z.string().exactOptional().describe('One behaviour; all together if left out'),
    atMost: z.number().exactOptional(),
    atLeast: z.number().exactOptional(),
    abort: z
      .boolean()
      .exactOptional()
      .describe('End the run as soon as it is exceeded; with atMost'),
  })
  .refine(({ atMost, atLeast }) => (atMost === undefined) !== (atLeast === undefined), {
    message: 'Expected either atMost or atLeast',
  })
export type Threshold = z.infer<typeof threshold>

/** Each role may do what it is there for, and nothing else. */
const role = z.discriminatedUnion(
  'role',
  Object.entries({ ...ROLES, ...NODE_ROLES, ...MESH_ROLES }).map(([name, { behaviors }]) =>
    z.strictObject({
      role: z.literal(name),
      bots: bots.describe('How many there are'),
      thinkMs: think.optional().describe('Between two acts; that of the scenario if left out'),
      behaviors: z
        .strictObject(
          Object.fromEntries(
            Object.keys(behaviors).map((each) => [each, z.number().min(0).optional()]),
          ),
        )
        .optional()
        .describe('Behaviours by weight; all alike if left out'),
    }),
  ) as unknown as [z.ZodObject, ...z.ZodObject[]],
)
interface RoleSpec {
  readonly role: keyof typeof ROLES | keyof typeof NODE_ROLES | keyof typeof MESH_ROLES
  readonly bots: number
  readonly thinkMs?: readonly [number, number]
  readonly behaviors?: Readonly<Record<string, number>>
}

const fields = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  about: z.string().min(1).max(500),
  kind: z.enum(['legitimate', 'adversarial', 'anti-pattern', 'chaos', 'soak']),
  seed: z.union([z.int(), z.string()]).default(1),
  target: targetSpec,
  limits: z
    .strictObject({ perSecond: rate.min(0.001), burst: z.int().min(1) })
    .exactOptional()
    .describe('What the devnet allows each client'),
  attempts: z.int().min(1).max(20).default(3).describe('How often a client makes a call at most'),
  timeoutMs: z.number().min(1).max(600_000).default(5_000),
  thinkMs: think.default([50, 500]).describe('Between two acts of a bot'),
  roles: z.array(role).min(1).max(20) as unknown as z.ZodType<RoleSpec[]>,
  phases: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(60),
        seconds: z.number().min(0.1).max(86_400),
        load,
        faults: faults.default({}),
      }),
    )
    .min(1)
    .max(50),
  thresholds: z.array(threshold).max(50).default([]),
})

/** A scenario, all of whose roles can be played on its target. */
export const scenario = fields.superRefine(({ target, roles, phases, limits }, context) => {
  const { kind } = target
  const say = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message })
  for (const [place, { role: name }] of roles.entries())
    if (!Object.hasOwn(PLAYED_ON[kind], name))
      say(['roles', place, 'role'], `${name} cannot be played on a target of the kind ${kind}`)
  for (const place of withoutGraph({ target, roles }))
    say(
      ['roles', place, 'role'],
      "It needs the node's graph of decisions: target.graph, or --graph",
    )
  if (kind === 'devnet') return
  if (limits) say(['limits'], 'Only a devnet that the runner makes takes limits')
  for (const [place, { faults: wrong }] of phases.entries())
    if (Object.keys(wrong).length > 0)
      say(['phases', place, 'faults'], 'Only a devnet that the runner makes takes faults')
})
export type Scenario = z.output<typeof scenario>

/** The JSON Schema that editors check scenarios with. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenario, { io: 'input', unrepresentable: 'any' })
}
