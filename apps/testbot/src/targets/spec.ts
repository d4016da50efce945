import { z } from 'zod'

const patienceMs = z
  .number()
  .min(500)
  .max(600_000)
  .default(2_000)
  .describe('Within so many milliseconds the node has to end who sends or reads slowly')

const store = z
  .enum(['sqlite', 'memory'])
  .default('sqlite')
  .describe(
    'Where the node that the runner starts keeps what is written: in a temporary file, as a node does, or in memory',
  )

const url = z
  .url({ protocol: /^http$/, error: 'Expected the URL of a node, such as http://127.0.0.1:8080' })
  .max(2048)
  .exactOptional()
  .describe('Where it runs; one that the runner starts if left out')

const graph = z
  .url({ protocol: /^http$/, error: 'Expected the URL of a graph, such as http://127.0.0.1:8090' })
  .max(2048)
  .exactOptional()
  .describe(
    'Where its graph of decisions is served (SLURP), for roles that need one; beside a node that the runner starts, it starts one',
  )

/** What a scenario is run against. */
export const targetSpec = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('devnet') })
      .describe('The AX/DX networks, made by the runner in its own process'),
    z
      .strictObject({ kind: z.literal('node'), url, graph, patienceMs, store })
      .describe('A node of the shared memory: UCXI over HTTP'),
  ])
  .default({ kind: 'devnet' })
export type TargetSpec = z.output<typeof targetSpec>
export type NodeSpec = Extract<TargetSpec, { kind: 'node' }>

/** The target of a scenario, elsewhere. Undefined for what is no node, or no URL of one. */
export function nodeAt(
  target: TargetSpec,
  { url: node, graph: beside }: { readonly [Part in 'url' | 'graph']: string | undefined },
): TargetSpec | undefined {
  const moved = targetSpec.safeParse({
    ...target,
    ...(node !== undefined && { url: node }),
    ...(beside !== undefined && { graph: beside }),
  })
  return moved.success ? moved.data : undefined
}
