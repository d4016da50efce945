import type { Chain, ChainLink, ChainOptions } from '@bzzz/decision-schema/chains'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { FastifyReply } from 'fastify'
import { addressOfKey, addressOfVersion } from './addresses.ts'
import type { Call, Handlers, ServerContext } from './context.ts'
import { SlurpError } from './errors.ts'
import { toDot, toGraphml, toMermaid } from './format-drawings.ts'
import { graphOfChain, type Graph } from './format-graph.ts'
import { given } from './request.ts'
import type { Slurp } from './slurp.ts'

export const DRAWINGS = {
  dot: { type: 'text/vnd.graphviz; charset=utf-8', write: toDot },
  mermaid: { type: 'text/vnd.mermaid; charset=utf-8', write: toMermaid },
  graphml: { type: 'application/graphml+xml; charset=utf-8', write: toGraphml },
} as const

export function sendDrawing(
  reply: FastifyReply,
  format: keyof typeof DRAWINGS,
  graph: Graph,
): FastifyReply {
  const { type, write } = DRAWINGS[format]
  return reply.type(type).send(write(graph))
}

export function graphRoutes({ slurp }: ServerContext): Handlers<'why' | 'consequences' | 'path'> {
  const answer = async (
    chain: Chain,
    { query, reply }: Pick<Call<'why'>, 'query' | 'reply'>,
  ): Promise<unknown> => {
    const { format = 'json' } = query
    return format === 'json'
      ? chainView(chain, slurp)
      : sendDrawing(reply, format, graphOfChain(chain))
  }
  return {
    why: async (call) => answer(await slurp.why(call.params.start, optionsOf(call)), call),
    consequences: async (call) =>
      answer(await slurp.consequences(call.params.start, optionsOf(call)), call),
    async path(call) {
      const ends = { from: call.params.start, to: call.query.to }
      const { links, cuts } = await slurp.path(ends, optionsOf(call))
      return { links: links?.map(linkView) ?? null, cuts }
    },
  }
}

function optionsOf({
  query: { depth, nodes, contexts },
  signal,
}: {
  readonly query: {
    depth?: number | undefined
    nodes?: number | undefined
    contexts?: boolean | undefined
  }
  readonly signal: AbortSignal
}): ChainOptions {
  return { ...given({ depth, nodes, contexts }), signal }
}

async function chainView(chain: Chain, slurp: Slurp): Promise<object> {
  const newest = await newestOf(chain, slurp)
  return {
    nodes: chain.nodes.map(({ address, depth, kind, decision, signature }) => ({
      address,
      depth,
      kind,
      ...given({
        decision_id: decision?.decision_id,
        title: decision?.title,
        status: decision?.status,
        decision_type: decision?.decision_type,
        signers: signature?.signers,
        newest: kind === 'decision' ? newest.has(address) : undefined,
      }),
    })),
    links: chain.links.map(linkView),
    cycles: chain.cycles,
    cuts: chain.cuts,
  }
}

/** The newest versions of the decisions in a chain, by their addresses. */
async function newestOf({ nodes }: Chain, slurp: Slurp): Promise<Set<string>> {
  const decisions = nodes.filter(({ kind }) => kind === 'decision')
  const keys = new Set(decisions.map(({ address }) => keyOf(parse(address))))
  const addresses = [...keys].map(async (key) => {
    try {
      const { version } = await slurp.get(addressOfKey(key))
      return [addressOfVersion(key, version)]
    } catch (error) {
      // It may be one that was read elsewhere.
      if (SlurpError.is(error, 'ERR_SLURP_UNKNOWN')) return []
      throw error
    }
  })
  return new Set((await Promise.all(addresses)).flat())
}

function linkView({ from, to, index, citation, verdict }: ChainLink): object {
  const { type, relevance, excerpt } = citation
  return { from, to, index, type, ...given({ relevance, excerpt }), verdict }
}
