import { describe, expect, it } from 'vitest'
import { exportContent, exportDecision, verifyExport, type ExportReport } from '../src/chains.ts'
import { contentIdOf } from '../src/content-id.ts'
import { decisionContentId, decisionHash, type Decision } from '../src/index.ts'
import { address, CONTENT_ID, decision, floating, pinned, signed, trusting } from './fixtures.ts'

async function* lines(...all: string[]): AsyncGenerator<string> {
  yield* all
}
const check = (all: readonly string[], options: object = {}): Promise<ExportReport> =>
  verifyExport(lines(...all), { verify: trusting, ...options })

const TEXT = 'We must never\nstore card numbers.'
const textId = contentIdOf(new TextEncoder().encode(TEXT))
const doc = (fields: object = {}): object =>
  floating('plan', { version: 3, content_id: textId, excerpt: 'never store card', ...fields })

function told(report: ExportReport): string[] {
  return report.decisions.flatMap(({ links }) =>
    links.map(({ verdict }) =>
      verdict.status === 'verified' ? 'verified' : `${verdict.status} ${verdict.reason}`,
    ),
  )
}
const line = (one: Decision, fields: object): string =>
  JSON.stringify({ ...(JSON.parse(exportDecision(one, 1)) as object), ...fields })

describe('verifyExport', () => {
  const a = signed('a', { justification: { reasoning: 'He said "no".' } })
  const b = signed('b', { citations: [pinned(a, 1, { excerpt: 'said "no"' }), doc()] })
  const whole = [exportDecision(b, 1), exportDecision(a, 1), exportContent(TEXT)]

  it.each([
    ['what cites first', whole],
    ['what is cited first', whole.toReversed()],
    [
      'with blank and foreign lines between',
      [whole[0] ?? '', '', '{"type":"note"}\n', ...whole.slice(1)],
    ],
  ])('verifies a whole export, %s', async (_, all) => {
    const report = await check(all)
    expect(report.status).toBe('verified')
    expect(told(report)).toEqual(['verified', 'verified'])
    expect(report.counts).toMatchObject({ decisions: 2, contents: 1, problems: 0 })
    expect(report.counts.links).toEqual({ verified: 2, unverified: 0, broken: 0 })
  })

  it('reports each decision with its line, hash, signature and links', async () => {
    const report = await check(whole)
    expect(report.decisions[0]).toEqual({
      line: 1,
      address: address('b', 1),
      decisionId: b.decision_id,
      hash: decisionHash(b),
      verdict: { status: 'verified' },
      signature: { status: 'valid', signers: ['did:key:z6Mktest'] },
      links: [
        { index: 0, to: address('a'), verdict: { status: 'verified' } },
        { index: 1, to: address('plan'), verdict: { status: 'verified' } },
      ],
    })
  })

  it('finds a decision that was changed: by its id, and in what cites it', async () => {
    const report = await check([whole[0] ?? '', line(a, { node: { ...a, title: 'changed' } })])
    expect(report.status).toBe('broken')
    expect(report.decisions[1]?.verdict).toMatchObject({ reason: 'content-differs' })
    expect(told(report)[0]).toBe('broken content-differs')
  })

  it('finds another version in the place of the one that was cited', async () => {
    const other = signed('a', { title: 'another' })
    const report = await check([exportDecision(b, 1), exportDecision(other, 1)])
    expect(told(report)[0]).toBe('broken content-differs')
    expect(report.decisions[1]?.verdict.status).toBe('verified')
  })

  it('finds a passage that is not there, and bytes that are not those of their id', async () => {
    const citing = signed('c', { citations: [doc({ excerpt: 'always store card' })] })
    const missing = await check([exportDecision(citing, 1), exportContent(TEXT)])
    expect(told(missing)).toEqual(['broken excerpt-not-found'])
    const forged = JSON.stringify({ type: 'content', id: textId, text: 'never store card' })
    const report = await check([exportDecision(b, 1), exportDecision(a, 1), forged])
    expect(told(report)).toEqual(['verified', 'unverified content-unavailable'])
    expect(report.problems).toEqual([
      { line: 3, message: expect.stringContaining('Expected the bytes of') as string },
    ])
    expect(report.status).toBe('unverified')
  })

  it('calls unverified what it does not carry, what is unpinned, and what is not signed', async () => {
    const plain = decision('p')
    const citing = signed('c', { citations: [doc(), floating('a'), pinned(plain)] })
    const report = await check([exportDecision(citing, 1), exportDecision(plain, 1)])
    expect(told(report)).toEqual([
      'unverified content-unavailable',
      'unverified unpinned',
      'unverified unsigned',
    ])
    expect(report.status).toBe('unverified')
  })

  it('finds a signature that does not hold, and what rests on it', async () => {
    const verify = (node: Readonly<Record<string, unknown>>): object => ({
      proofs: [{ status: node['title'] === 'a' ? 'invalid' : 'valid', reason: 'forged' }],
      signers: ['did:key:z6Mktest'],
    })
    const report = await check(whole, { verify })
    expect(told(report)).toEqual(['broken signature-invalid', 'verified'])
    expect(report.decisions[1]?.signature).toMatchObject({ status: 'invalid', reason: 'forged' })
    expect(report.status).toBe('broken')
  })

  it('is broken by a signature alone, and open where nobody signed', async () => {
    const verify = (): object => ({ proofs: [{ status: 'invalid' }], signers: [] })
    expect((await check([exportDecision(a, 1)], { verify })).status).toBe('broken')
    expect((await check([exportDecision(decision('p'), 1)])).status).toBe('unverified')
    expect((await check([])).status).toBe('verified')
  })

  it('takes a decision that is kept in other bytes, if the export has them', async () => {
    const pretty = JSON.stringify(a, undefined, 2)
    const id = contentIdOf(new TextEncoder().encode(pretty))
    const odd = line(a, { content_id: id })
    const citing = signed('c', {
      citations: [{ ...pinned(a, 1, { excerpt: 'said "no"' }), content_id: id }],
    })
    for (const all of [
      [exportDecision(citing, 1), odd, exportContent(pretty)],
      [exportContent(pretty), odd, exportDecision(citing, 1)],
    ]) {
      expect((await check(all)).status).toBe('verified')
    }
    expect((await check([odd])).status).toBe('broken')
    const lying = JSON.stringify({ ...a, title: 'other' })
    const other = contentIdOf(new TextEncoder().encode(lying))
    const lie = await check([line(a, { content_id: other }), exportContent(lying)])
    expect(lie.decisions[0]?.verdict).toMatchObject({ reason: 'content-differs' })
  })

  it('follows a citation that is pinned by the hash of the decision alone', async () => {
    const { content_id: _, ...rest } = pinned(a) as { content_id: string }
    const citing = (hash: string): Decision =>
      signed('c', { citations: [{ ...rest, decision_hash: hash }] })
    const good = await check([exportDecision(citing(decisionHash(a)), 1), exportDecision(a, 1)])
    expect(told(good)).toEqual(['verified'])
    const wrong = `sha256:${'0'.repeat(64)}`
    const bad = await check([exportDecision(citing(wrong), 1), exportDecision(a, 1)])
    expect(told(bad)).toEqual(['broken content-differs'])
  })

  it('finds a decision that stands at another address than it says', async () => {
    const report = await check([line(a, { address: address('elsewhere', 1) })])
    expect(report.decisions[0]?.verdict).toMatchObject({ reason: 'address-differs' })
  })

  it('shows loops', async () => {
    const [x, y] = [
      signed('x', { citations: [floating('y')] }),
      signed('y', { citations: [floating('x')] }),
    ]
    const report = await check([exportDecision(x, 1), exportDecision(y, 1)])
    expect(report.cycles).toEqual([[address('x', 1), address('y', 1)]])
  })

  it.each([
    ['no JSON', '{"type":"decision"'],
    ['a name twice', whole[1]?.replace('{', '{"type":"decision",') ?? ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['no version', line(a, { version: 0 })],
    ['the wrong version', line(a, { version: 2 })],
    ['a pattern', line(a, { address: 'ucxl://any:any@c:d/*~/x' })],
    ['no address', line(a, { address: 7 })],
    ['no content id', line(a, { content_id: 'x' })],
    ['no decision', line(a, { node: { ...a, status: 'x' } })],
    ['a decision as text', line(a, { node: JSON.stringify(a) })],
    ['a content without text', `{"type":"content","id":"${CONTENT_ID}"}`],
    ['a line too long', `{"type":"${'x'.repeat(5000)}"}`],
  ])('tells of a line with %s, and goes on', async (_, bad) => {
    const report = await check(['', bad, exportDecision(a, 1)], { maxLine: 4000 })
    expect(report.problems).toHaveLength(1)
    expect(report.problems[0]?.line).toBe(2)
    expect(report.decisions).toHaveLength(1)
    expect(report.status).toBe('unverified')
  })

  it('takes each version once', async () => {
    const report = await check([exportDecision(a, 1), exportDecision(signed('a'), 1)])
    expect(report.problems).toEqual([{ line: 2, message: `${address('a', 1)} stands here twice.` }])
  })

  it('keeps no more contents and passages than there is room for, and says what it let go', async () => {
    const contents = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(1000)} end`)
    const ids = contents.map((text) => contentIdOf(new TextEncoder().encode(text)))
    const citing = signed('c', {
      citations: ids.map((id) => doc({ content_id: id, excerpt: 'x end' })),
    })
    const late = [...contents.map(exportContent), exportDecision(citing, 1)]
    const report = await check(late, { maxKept: 10_500 })
    expect(told(report).filter((one) => one === 'verified')).toHaveLength(10)
    expect(report.counts.links).toEqual({ verified: 10, unverified: 40, broken: 0 })
    const early = await check(late.toReversed(), { maxKept: 10_500 })
    expect(early.counts.links.verified).toBe(50)
    const narrow = await check(late.toReversed(), { maxKept: 20 })
    expect(narrow.counts.links).toEqual({ verified: 4, unverified: 46, broken: 0 })
  })

  it('looks at no more decisions than it is told to', async () => {
    const report = await check(
      [a, b, signed('c')].map((one) => exportDecision(one, 1)),
      {
        maxDecisions: 2,
      },
    )
    expect([report.decisions.length, report.problems.length]).toEqual([2, 1])
  })

  it('stops when its signal fires', async () => {
    const reason = new Error('enough')
    await expect(check(whole, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('the lines of an export', () => {
  it('are JSON in one line, of the very version', () => {
    const a = signed('a', { title: 'line\nfeed' })
    const text = exportDecision(a, 3)
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toEqual({
      type: 'decision',
      address: address('a', 3),
      version: 3,
      content_id: decisionContentId(a),
      node: a,
    })
    expect(JSON.parse(exportContent(TEXT))).toEqual({ type: 'content', id: textId, text: TEXT })
  })
})
