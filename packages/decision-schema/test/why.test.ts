import { describe, expect, it } from 'vitest'
import {
  createDecisionGraph,
  findPath,
  whatWouldFall,
  why,
  type Chain,
  type ChainReader,
  type DecisionGraph,
} from '../src/chains.ts'
import { decisionContentId, DecisionError, decisionHash, type Decision } from '../src/index.ts'
import {
  address,
  CONTENT_ID,
  decision,
  floating,
  key,
  pinned,
  signed,
  textReader,
  trusting,
} from './fixtures.ts'

const options = { verify: trusting }
const at = (name: string, version = 1): string => address(name, version)
const nameOf = (text: string): string =>
  /\/([^/]*)\/decisions\/(.*)\.json$/.exec(text)?.slice(1).toReversed().join('') ?? text

/** `a*~>b*~ verified`, a line for each link. */
function told(chain: Pick<Chain, 'links'>): string[] {
  return chain.links.map(({ from, to, verdict }) => {
    const reason = verdict.status === 'verified' ? '' : ` ${verdict.reason}`
    return `${nameOf(from)}>${nameOf(to)} ${verdict.status}${reason}`
  })
}
const places = ({ nodes }: Chain): string[] =>
  nodes.map((node) => `${nameOf(node.address)} ${node.depth}`)

/**
 * d cites b and c, which both cite a; a document is cited by a. All pinned.
 *
 * @returns the graph, and its decisions
 */
function diamond(): { graph: DecisionGraph; d: Decision } {
  const graph = createDecisionGraph()
  graph.addDocument(key('doc'), 'Cards are a risk.', { version: 2, time: 0 })
  const doc = { type: 'informed_by', ucxl_address: address('doc'), excerpt: 'are a risk' }
  const docId = 'bafkreihyya5xchdfjpya5dyljj5tg26zs5dwe6kbta2lxaa4h6nluhisyi'
  const a = signed('a', { citations: [{ ...doc, version: 2, content_id: docId }] })
  const [b, c] = [signed('b', { citations: [pinned(a)] }), signed('c', { citations: [pinned(a)] })]
  const d = signed('d', { citations: [pinned(b), pinned(c)] })
  for (const one of [d, c, b, a]) graph.add(one, { version: 1 })
  return { graph, d }
}

describe('why', () => {
  it('goes breadth first, has each node once, and a verdict for each link', async () => {
    const { graph } = diamond()
    const chain = await why(address('d'), graph, options)
    expect(places(chain)).toEqual(['d*~ 0', 'b*~ 1', 'c*~ 1', 'a*~ 2', 'doc*~2 3'])
    expect(told(chain)).toEqual([
      'd*~>b*~ verified',
      'd*~>c*~ verified',
      'b*~>a*~ verified',
      'c*~>a*~ verified',
      'a*~>doc*~2 verified',
    ])
    expect(chain.nodes.map(({ kind }) => kind)).toEqual([...Array(4).fill('decision'), 'document'])
    expect(chain.nodes[0]?.signature).toEqual({ status: 'valid', signers: ['did:key:z6Mktest'] })
    expect([chain.cycles, chain.cuts]).toEqual([[], []])
    expect(await why(address('d'), graph, options)).toEqual(chain)
  })

  it('begins at the id of a decision too', async () => {
    const { graph, d } = diamond()
    const chain = await why(d.decision_id.toUpperCase(), graph, options)
    expect(chain.nodes[0]?.address).toBe(at('d'))
  })

  it.each([
    'ucxl://a:b@c:d/x',
    'nonsense',
    'ucxl://any:any@c:d/x',
    '01987654-0000-7000-8000-000000000000',
  ])('does not begin at %s', async (start) => {
    const { graph } = diamond()
    await expect(why(start, graph)).rejects.toMatchObject({ code: 'ERR_CHAIN_START' })
    await expect(whatWouldFall(start, graph)).rejects.toMatchObject({ code: 'ERR_CHAIN_START' })
  })

  it('says where its bounds cut it, and does not look behind them', async () => {
    const { graph } = diamond()
    const shallow = await why(address('d'), graph, { ...options, depth: 1 })
    expect(places(shallow)).toEqual(['d*~ 0', 'b*~ 1', 'c*~ 1'])
    expect(shallow.cuts).toEqual([
      { address: at('b'), reason: 'depth' },
      { address: at('c'), reason: 'depth' },
    ])
    const few = await why(address('d'), graph, { ...options, nodes: 2 })
    expect(places(few)).toEqual(['d*~ 0', 'b*~ 1'])
    expect(few.cuts).toEqual([
      { address: at('d'), reason: 'nodes' },
      { address: at('b'), reason: 'nodes' },
    ])
    const exact = await why(address('d'), graph, { ...options, depth: 3, nodes: 5 })
    expect([exact.nodes.length, exact.cuts]).toEqual([5, []])
    const alone = await why(address('d'), graph, { depth: 0, nodes: 1 })
    expect([places(alone), alone.links.length, alone.cuts.length]).toEqual([['d*~ 0'], 0, 1])
  })

  it.each([{ depth: 65 }, { depth: -1 }, { depth: 1.5 }, { nodes: 0 }, { nodes: 100_001 }])(
    'refuses the bound %j',
    async (bound) => {
      const work = why(address('d'), diamond().graph, bound)
      await expect(work).rejects.toMatchObject({ code: 'ERR_CHAIN_LIMIT' })
    },
  )

  it('goes 8 links far if nothing else is said, and 64 at most', async () => {
    const graph = createDecisionGraph()
    let last = signed('n0')
    graph.add(last, { version: 1 })
    for (let i = 1; i <= 70; i++) {
      last = signed(`n${i}`, { citations: [pinned(last)] })
      graph.add(last, { version: 1 })
    }
    expect((await why(address('n70'), graph, options)).nodes).toHaveLength(9)
    expect((await why(address('n70'), graph, { ...options, depth: 64 })).nodes).toHaveLength(65)
  })

  it('does not follow contradictions, unless it is told to', async () => {
    const { graph, d } = diamond()
    graph.add(signed('e', { citations: [pinned(d, 1, { type: 'contradicts' })] }), { version: 1 })
    expect((await why(address('e'), graph, options)).links).toEqual([])
    const follow = (): boolean => true
    expect((await why(address('e'), graph, { ...options, follow, depth: 1 })).links).toHaveLength(1)
  })

  it('follows what a citation that floats means now, and calls it unpinned', async () => {
    const graph = createDecisionGraph()
    graph.add(signed('a'), { version: 1 })
    graph.add(signed('a'), { version: 2 })
    graph.add(signed('b', { citations: [floating('a')] }), { version: 1 })
    expect(told(await why(address('b'), graph, options))).toEqual(['b*~>a*~2 unverified unpinned'])
  })

  it('finds the loops of unpinned data, and shows their addresses', async () => {
    const graph = createDecisionGraph()
    for (const [name, ...cited] of [
      ['a', 'b'],
      ['b', 'c', 'x'],
      ['c', 'a'],
      ['x', 'x'],
      ['top', 'a'],
    ] as const) {
      const citations = cited.map((one) => floating(one))
      graph.add(signed(name, { citations }), { version: 1 })
    }
    const chain = await why(address('top'), graph, options)
    expect(chain.cycles).toEqual([[at('a'), at('b'), at('c')], [at('x')]])
    expect(places(chain)).toEqual(['top*~ 0', 'a*~ 1', 'b*~ 2', 'c*~ 3', 'x*~ 3'])
  })

  it('stops when its signal fires, and hands the signal on', async () => {
    const reason = new Error('enough')
    const { graph } = diamond()
    const stopped = why(address('d'), graph, { signal: AbortSignal.abort(reason) })
    await expect(stopped).rejects.toBe(reason)
    const controller = new AbortController()
    let reads = 0
    const reader: ChainReader = {
      ...textReader(''),
      resolve: (text) => graph.resolve(text),
      read: async (id, { signal } = {}) => {
        if (++reads === 3) controller.abort(reason)
        signal?.throwIfAborted()
        return graph.read(id)
      },
    }
    await expect(why(address('d'), reader, { signal: controller.signal })).rejects.toBe(reason)
    expect(reads).toBeLessThan(6)
  })
})

describe('the verdict on a link', () => {
  const cited = signed('cited')

  async function verdictOf(citation: object, reader: Partial<ChainReader> = {}): Promise<unknown> {
    const graph = createDecisionGraph()
    graph.add(signed('citing', { citations: [citation] }), { version: 1 })
    graph.add(cited, { version: 1 })
    const both: ChainReader = {
      resolve: (text) => graph.resolve(text),
      read: (id) => graph.read(id),
      citedBy: async () => [],
      ...reader,
    }
    return told(await why(address('citing'), both, options)).map((line) => line.split(' ', 3))
  }

  it.each([
    ['verified', { decision_hash: decisionHash(cited) }],
    ['verified', { content_id: decisionContentId(cited) }],
    ['unverified unpinned', {}],
    ['broken content-differs', { content_id: CONTENT_ID }],
    ['broken content-differs', { decision_hash: `sha256:${'0'.repeat(64)}` }],
    ['broken version-missing', { version: 9 }],
    ['broken not-found', { ucxl_address: address('nothing') }],
    ['broken excerpt-not-found', { excerpt: 'never said' }],
  ])('is %s for %j', async (expected, fields) => {
    const [words = []] = (await verdictOf(
      floating('cited', { version: 1, ...fields }),
    )) as string[][]
    expect(words.slice(1).join(' ')).toBe(expected)
  })

  it.each([
    ['broken gone', 'gone'],
    ['unverified unavailable', 'unavailable'],
  ] as const)('is %s for a version that is %s', async (expected, reason) => {
    const graph = createDecisionGraph()
    graph.add(signed('citing', { citations: [pinned(cited)] }), { version: 1 })
    const resolve: ChainReader['resolve'] = async (text) =>
      text.includes('citing') ? graph.resolve(text) : { found: false, reason }
    const reader: ChainReader = { resolve, read: (id) => graph.read(id), citedBy: async () => [] }
    const chain = await why(address('citing'), reader, options)
    expect(told(chain)).toEqual([`citing*~>cited*~ ${expected}`])
    expect(chain.nodes[1]).toEqual({ address: at('cited'), depth: 1, kind: 'missing' })
  })

  it.each([
    ['unsigned', decision('cited'), undefined, 'unverified unsigned'],
    ['signed, and nobody looks', signed('cited'), undefined, 'unverified signature-unchecked'],
    ['of an unknown suite', signed('cited'), 'unsupported', 'unverified signature-unchecked'],
    ['signed wrongly', signed('cited'), 'invalid', 'broken signature-invalid'],
    ['signed', signed('cited'), 'valid', 'verified'],
  ] as const)('looks at who signed what is cited: %s', async (_, target, status, expected) => {
    const graph = createDecisionGraph()
    graph.add(target, { version: 1 })
    graph.add(decision('citing', { citations: [pinned(target)] }), { version: 1 })
    const signers = status === 'valid' ? ['did:key:z6Mktest'] : []
    const verify = status && (() => ({ proofs: [{ status }], signers }))
    const chain = await why(address('citing'), graph, { verify })
    expect(told(chain)).toEqual([`citing*~>cited*~ ${expected}`])
  })

  it('is not readable for what seems a decision and is none, and goes no further there', async () => {
    const text = JSON.stringify({ ...signed('plan'), status: 'nonsense' })
    const graph = createDecisionGraph()
    graph.addDocument(key('plan'), text, { version: 1, time: 0 })
    graph.add(signed('citing', { citations: [floating('plan')] }), { version: 1 })
    const chain = await why(address('citing'), graph, options)
    expect(told(chain)).toEqual(['citing*~>plan*~ unverified not-readable'])
    expect(chain.nodes[1]?.kind).toBe('document')
  })
})

describe('whatWouldFall', () => {
  it('lists all that rests on a version, each link from what cites', async () => {
    const { graph } = diamond()
    const chain = await whatWouldFall(at('doc', 2), graph, options)
    expect(places(chain)).toEqual(['doc*~2 0', 'a*~ 1', 'b*~ 2', 'c*~ 2', 'd*~ 3'])
    expect(told(chain)).toEqual([
      'a*~>doc*~2 verified',
      'b*~>a*~ verified',
      'c*~>a*~ verified',
      'd*~>b*~ verified',
      'd*~>c*~ verified',
    ])
  })

  it('counts only what cites this version; at the newest, what cites any', async () => {
    const graph = createDecisionGraph()
    const old = signed('a')
    graph.add(old, { version: 1 })
    graph.add(signed('a', { title: 'new' }), { version: 2 })
    graph.add(signed('b', { citations: [pinned(old)] }), { version: 1 })
    graph.add(signed('c', { citations: [floating('a')] }), { version: 1 })
    expect(told(await whatWouldFall(at('a', 1), graph, options))).toEqual(['b*~>a*~ verified'])
    expect(told(await whatWouldFall(at('a', 2), graph, options))).toEqual([
      'c*~>a*~2 unverified unpinned',
    ])
    expect(told(await whatWouldFall(address('a'), graph, options))).toEqual([
      'b*~>a*~2 verified',
      'c*~>a*~2 unverified unpinned',
    ])
  })

  it('by contexts, counts what the newest versions rest on, whichever version that is', async () => {
    const graph = createDecisionGraph()
    const first = signed('a')
    graph.add(first, { version: 1 })
    graph.add(signed('a', { title: 'new' }), { version: 2 })
    const b = signed('b', { citations: [pinned(first)] })
    graph.add(b, { version: 1 })
    graph.add(signed('b', { citations: [pinned(first)], title: 'new' }), { version: 2 })
    graph.add(signed('c', { citations: [pinned(b)] }), { version: 1 })
    // It rested on a once, and does no more.
    graph.add(signed('d', { citations: [pinned(first)] }), { version: 1 })
    graph.add(signed('d'), { version: 2 })
    const byContexts = { ...options, contexts: true }
    expect(told(await whatWouldFall(address('a'), graph, byContexts))).toEqual([
      'b*~2>a*~2 verified',
      'c*~>b*~2 verified',
    ])
    expect(told(await whatWouldFall(address('a'), graph, options))).toEqual([
      'b*~>a*~2 verified',
      'd*~>a*~2 verified',
      'b*~2>a*~2 verified',
      'c*~>b*~ verified',
    ])
  })

  it('by contexts, goes by the newest version that is known where none can be asked for', async () => {
    const { graph } = diamond()
    const reader: ChainReader = {
      resolve: async (text) =>
        text.includes('*^') && !text.includes('/doc')
          ? { found: false, reason: 'unavailable' }
          : graph.resolve(text),
      read: (id) => graph.read(id),
      citedBy: (...asked) => graph.citedBy(...asked),
    }
    const chain = await whatWouldFall(at('doc', 2), reader, { ...options, contexts: true })
    expect(places(chain)).toEqual(['doc*~2 0', 'a*~ 1', 'b*~ 2', 'c*~ 2', 'd*~ 3'])
  })

  it('is not misled by a reader that lists what does not cite', async () => {
    const { graph } = diamond()
    const reader: ChainReader = {
      resolve: (text) => graph.resolve(text),
      read: (id) => graph.read(id),
      citedBy: async () => [at('d'), at('a'), at('d'), at('nothing')],
    }
    expect(places(await whatWouldFall(at('doc', 2), reader, { ...options, depth: 1 }))).toEqual([
      'doc*~2 0',
      'a*~ 1',
    ])
  })

  it('leaves out what cites another version, whatever the reader lists', async () => {
    const graph = createDecisionGraph()
    const old = signed('a')
    graph.add(old, { version: 1 })
    graph.add(signed('a', { title: 'new' }), { version: 2 })
    graph.add(signed('b', { citations: [pinned(old)] }), { version: 1 })
    const reader: ChainReader = {
      resolve: (text) => graph.resolve(text),
      read: (id) => graph.read(id),
      citedBy: async () => [at('b')],
    }
    expect(told(await whatWouldFall(at('a', 2), reader, options))).toEqual([])
    expect(told(await whatWouldFall(at('a', 1), reader, { ...options, depth: 1 }))).toHaveLength(1)
  })

  it('is in the order of the addresses, whatever order the reader has', async () => {
    const { graph } = diamond()
    const reversed: ChainReader = {
      resolve: (text) => graph.resolve(text),
      read: (id) => graph.read(id),
      citedBy: async (...asked) => (await graph.citedBy(...asked)).toReversed(),
    }
    expect(await whatWouldFall(at('a'), reversed, options)).toEqual(
      await whatWouldFall(at('a'), graph, options),
    )
  })

  it('keeps to its bounds', async () => {
    const { graph } = diamond()
    const chain = await whatWouldFall(at('a'), graph, { ...options, nodes: 2 })
    expect(places(chain)).toEqual(['a*~ 0', 'b*~ 1'])
    expect(chain.cuts).toEqual([
      { address: at('a'), reason: 'nodes' },
      { address: at('b'), reason: 'nodes' },
    ])
  })
})

describe('findPath', () => {
  it('gives the links of a shortest way', async () => {
    const { graph } = diamond()
    const { links, cuts } = await findPath({ from: address('d'), to: at('doc', 2) }, graph, options)
    expect(told({ links: links ?? [] })).toEqual([
      'd*~>b*~ verified',
      'b*~>a*~ verified',
      'a*~>doc*~2 verified',
    ])
    expect(cuts).toEqual([])
  })

  it('is empty from a version to itself, and undefined where there is none', async () => {
    const { graph } = diamond()
    const none = await findPath({ from: address('a'), to: address('d') }, graph, options)
    expect(none).toEqual({ links: undefined, cuts: [] })
    const same = await findPath({ from: at('a'), to: at('a') }, graph, options)
    expect(same.links).toEqual([])
  })

  it('says where the search was cut', async () => {
    const { graph } = diamond()
    const ends = { from: address('d'), to: at('doc', 2) }
    const { links, cuts } = await findPath(ends, graph, { ...options, depth: 2 })
    expect(links).toBeUndefined()
    expect(cuts).toEqual([{ address: at('a'), reason: 'depth' }])
  })

  it('needs both ends', async () => {
    const work = findPath({ from: address('d'), to: address('zzz') }, diamond().graph)
    await expect(work).rejects.toThrow(DecisionError)
  })
})
