import { describe, expect, it } from 'vitest'
import { createDecisionGraph } from '../src/chains.ts'
import { findCycles } from '../src/cycles.ts'
import { decisionContentId } from '../src/index.ts'
import { address, CONTENT_ID, decision, floating, key, pinned, signed } from './fixtures.ts'

const at = (name: string, version = 1): string => address(name, version)

describe('a graph of decisions', () => {
  it('walks up and down at once, whatever the order in which decisions came', () => {
    const graph = createDecisionGraph()
    const a = signed('a')
    const b = signed('b', { citations: [pinned(a)] })
    const c = signed('c', { citations: [pinned(b), floating('a')] })
    for (const one of [c, b, a]) graph.add(one, { version: 1 })
    expect(graph.size).toBe(3)
    expect(graph.up(at('c'))).toEqual({
      nodes: [
        { address: at('c'), depth: 0 },
        { address: at('b'), depth: 1 },
        { address: at('a'), depth: 1 },
      ],
      cuts: [],
    })
    expect(graph.down(at('a')).nodes).toEqual([
      { address: at('a'), depth: 0 },
      { address: at('c'), depth: 1 },
      { address: at('b'), depth: 1 },
    ])
    expect(graph.up(at('c'), { depth: 0 }).cuts).toEqual([{ address: at('c'), reason: 'depth' }])
    expect(graph.up(at('c'), { nodes: 2 }).cuts).toEqual([
      { address: at('c'), reason: 'nodes' },
      { address: at('b'), reason: 'nodes' },
    ])
    expect(graph.up(at('nothing'))).toEqual({ nodes: [], cuts: [] })
    expect(() => graph.up(at('c'), { depth: 65 })).toThrow(/from 0 to 64 for depth, got 65/)
  })

  it('leaves contradictions out', () => {
    const graph = createDecisionGraph()
    const a = signed('a')
    graph.add(a, { version: 1 })
    graph.add(signed('b', { citations: [pinned(a, 1, { type: 'contradicts' })] }), { version: 1 })
    expect(graph.up(at('b')).nodes).toHaveLength(1)
    expect(graph.down(at('a')).nodes).toHaveLength(1)
  })

  it('counts what cites any version, where the newest is asked for', () => {
    const graph = createDecisionGraph()
    const old = signed('a')
    graph.add(old, { version: 1 })
    graph.add(signed('a'), { version: 2 })
    graph.add(signed('b', { citations: [pinned(old)] }), { version: 1 })
    expect(graph.down(address('a')).nodes.map((node) => node.address)).toEqual([
      at('a', 2),
      at('b'),
    ])
    expect(graph.down(at('a', 2)).nodes).toHaveLength(1)
    expect(graph.down(at('a', 1)).nodes).toHaveLength(2)
  })

  it.each([
    ['*^', 5],
    ['*~', undefined],
    ['*~2', 2],
    ['*~3', undefined],
    ['~~1', 4],
    ['~~2', undefined],
    ['^^2', 4],
    ['^^1', undefined],
    ['2025-01-04T00:00:00Z', 4],
    ['2025-01-03T23:59:59Z', 2],
    ['2025-01-01T23:59:59Z', undefined],
    ['2030-01-01T00:00:00Z', 5],
  ])('reads %s of a timeline with gaps as version %s', async (token, version) => {
    const graph = createDecisionGraph()
    for (const number of [4, 2, 5]) {
      const timestamp = `2025-01-0${number}T00:00:00Z`
      graph.add(decision('a', { timestamp }), { version: number })
    }
    const found = await graph.resolve(address('a').replace('*^', token))
    expect(found.found ? found.version : undefined).toBe(version)
    if (!found.found) expect(found.reason).toBe('out-of-range')
  })

  it('puts a version in the place of one that was there, links and all', async () => {
    const graph = createDecisionGraph()
    const [x, y] = [signed('x'), signed('y')]
    for (const one of [x, y, signed('a', { citations: [pinned(x)] })])
      graph.add(one, { version: 1 })
    const next = signed('a', { citations: [pinned(y)] })
    graph.add(next, { version: 1, time: 7 })
    expect(graph.size).toBe(3)
    expect(graph.down(at('x')).nodes).toHaveLength(1)
    expect(graph.down(at('y')).nodes).toHaveLength(2)
    expect(await graph.resolve(at('a'))).toEqual({
      found: true,
      key: key('a'),
      version: 1,
      time: 7,
      contentId: decisionContentId(next),
    })
  })

  it('leads to what was put in the place of a version, also where it led before', () => {
    const graph = createDecisionGraph()
    const [x, y] = [signed('x'), signed('y')]
    for (const one of [x, y, signed('a', { citations: [pinned(x)] })])
      graph.add(one, { version: 1 })
    expect(graph.up(at('a')).nodes).toHaveLength(2)
    graph.add(signed('x', { citations: [pinned(y)] }), { version: 1 })
    expect(graph.up(at('a')).nodes.map((node) => node.address)).toEqual([at('a'), at('x'), at('y')])
    expect(graph.down(at('y')).nodes.map((node) => node.address)).toEqual([
      at('y'),
      at('x'),
      at('a'),
    ])
  })

  it('reads what it has by content id, under the id that it was given or the one that it has', async () => {
    const graph = createDecisionGraph()
    const a = decision('a')
    graph.add(a, { version: 1 })
    graph.addDocument(key('doc'), 'text', { version: 1, time: 0, contentId: CONTENT_ID })
    const textOf = async (id: string): Promise<string> =>
      new TextDecoder().decode((await graph.read(id)) as Uint8Array)
    expect(JSON.parse(await textOf(decisionContentId(a)))).toEqual(a)
    expect(await textOf(CONTENT_ID)).toBe('text')
    expect(await graph.read('bafkrei-nothing')).toBeUndefined()
  })

  it('finds a decision by its id: its newest version', async () => {
    const graph = createDecisionGraph()
    const a = decision('a')
    graph.add(a, { version: 2 })
    graph.add(a, { version: 1 })
    expect(await graph.locate?.(a.decision_id)).toBe(at('a', 2))
    expect(await graph.locate?.('01987654-0000-7000-8000-000000000000')).toBeUndefined()
  })

  it('says who cites a context, or one version of it', async () => {
    const graph = createDecisionGraph()
    const a = decision('a')
    graph.add(decision('b', { citations: [pinned(a, 1)] }), { version: 1 })
    expect(await graph.citedBy(key('a'), undefined)).toEqual([at('b')])
    expect(await graph.citedBy(key('a'), 1)).toEqual([])
    graph.add(a, { version: 1 })
    expect(await graph.citedBy(key('a'), 1)).toEqual([at('b')])
    expect(await graph.citedBy(key('nothing'), undefined)).toEqual([])
  })
})

describe('findCycles', () => {
  const edges = (...pairs: string[]): { from: string; to: string }[] =>
    pairs.map((pair) => ({ from: pair[0] ?? '', to: pair[1] ?? '' }))

  it('shows one shortest loop of each part, through its first node', () => {
    expect(findCycles(['a', 'b', 'c', 'd'], edges('ab', 'bc', 'ca', 'cb', 'cd'))).toEqual([
      ['a', 'b', 'c'],
    ])
    expect(findCycles(['b', 'a', 'd', 'c'], edges('ab', 'ba', 'cd', 'dc'))).toEqual([
      ['b', 'a'],
      ['d', 'c'],
    ])
    expect(findCycles(['a'], edges('aa'))).toEqual([['a']])
  })

  it('shows none where there is none, and passes over edges that lead nowhere', () => {
    expect(findCycles(['a', 'b', 'c', 'd'], edges('ab', 'ac', 'bd', 'cd'))).toEqual([])
    expect(findCycles(['a'], edges('ax', 'xa'))).toEqual([])
  })

  it('takes a chain of any length', () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => String(index))
    const long = nodes.map((from, index) => ({ from, to: String((index + 1) % 100_000) }))
    expect(findCycles(nodes, long)[0]).toHaveLength(100_000)
  })
})
