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

const network = (name: string, port: number) =>
  z
    .url({
      protocol: /^https?$/,
      error: `Expected the URL of ${name}, such as http://127.0.0.1:${port}`,
    })
    .max(2048)

const spreadMs = z
  .number()
  .min(100)
  .max(600_000)
  .default(10_000)
  .describe('Within so many milliseconds what was acknowledged has to be with all who follow it')

const nodes = z.int().min(2).max(8).default(3).describe('How many there are, each joined to each')

/** What a scenario is run against. */
export const targetSpec = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('devnet') })
      .describe('The AX/DX networks, made by the runner in its own process'),
    z
      .strictObject({ kind: z.literal('node'), url, graph, patienceMs, store })
      .describe('A node of the shared memory: UCXI over HTTP'),
    z
      .strictObject({
        kind: z.literal('networks'),
        alphaos: network('AlphaOS', 3030).describe('Where AlphaOS runs'),
        deltaos: network('DeltaOS', 3031)
          .exactOptional()
          .describe('Where DeltaOS runs; on the port after that of AlphaOS if left out'),
      })
      .refine(
        ({ alphaos, deltaos }) =>
          !URL.canParse(alphaos) || (deltaos ?? besideOf(alphaos)) !== undefined,
        {
          path: ['deltaos'],
          message:
            'Expected the URL of DeltaOS, since that of AlphaOS has no port that another one follows',
        },
      )
      .describe('The AX/DX networks, where they run'),
    z
      .strictObject({ kind: z.literal('mesh'), nodes, spreadMs })
      .describe(
        'Nodes of the shared memory in one closed cluster, peer to peer, in its own process',
      ),
  ])
  .default({ kind: 'devnet' })
export type TargetSpec = z.output<typeof targetSpec>
export type NodeSpec = Extract<TargetSpec, { kind: 'node' }>
export type NetworksSpec = Extract<TargetSpec, { kind: 'networks' }>
export type MeshSpec = Extract<TargetSpec, { kind: 'mesh' }>

/** Where DeltaOS runs. */
export function deltaosOf({ alphaos, deltaos }: NetworksSpec): string {
  return deltaos ?? besideOf(alphaos)!
}

/** Where something runs that a scenario was written for. */
export interface Elsewhere {
  /** That of a node; or those of both networks, with a comma between them, or that of AlphaOS alone. */
  readonly url?: string
  /** That of the graph beside a node. */
  readonly graph?: string
}

/** The target of a scenario, elsewhere. Undefined for what is none. */
export function targetAt(target: TargetSpec, elsewhere: Elsewhere): TargetSpec | undefined {
  const moved = targetSpec.safeParse(at(target, elsewhere))
  return moved.success ? moved.data : undefined
}

function at(target: TargetSpec, elsewhere: Elsewhere): unknown {
  const { url: place = '', graph: beside } = elsewhere
  switch (target.kind) {
    case 'node':
    // A mesh runs nowhere else: that it was asked for is refused as what is not known.
    case 'mesh':
      return { ...target, ...elsewhere }
    case 'devnet':
    case 'networks': {
      const [alphaos, ...rest] = place.split(',')
      // More than two are no URL, as they stand.
      const deltaos = rest.length > 0 ? rest.join(',') : undefined
      return {
        kind: 'networks',
        alphaos,
        ...(deltaos !== undefined && { deltaos }),
        // There is none beside networks: it is refused as what is not known.
        ...(beside !== undefined && { graph: beside }),
      }
    }
    default:
      return target satisfies never
  }
}

/** The same URL on the next port, where it names a port. */
function besideOf(text: string): string | undefined {
  const base = URL.canParse(text) ? new URL(text) : undefined
  const port = Number(base?.port)
  if (!base || base.port === '' || port === 65_535) return undefined
  base.port = String(port + 1)
  return base.href
}
