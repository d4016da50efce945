import { identityFromSeed, viewOnlyIdentity, type Identity } from '@bzzz/identity'
import { verifyProofs as verifyInBrowsers } from '@bzzz/identity/browser'
import { verifyProofs } from '@bzzz/identity/proofs'
import { describe, expect, it } from 'vitest'
import {
  createDecisionGraph,
  exportDecision,
  pinCitations,
  reportSignature,
  verifyExport,
  why,
} from '../src/chains.ts'
import { decisionHash, parseDecision, type Decision } from '../src/index.ts'
import { approveDecision, signDecision } from '../src/signing.ts'
import { address, decision, floating } from './fixtures.ts'

const identity = (byte: number): Identity => identityFromSeed(new Uint8Array(32).fill(byte))
const [author, maria, mallory] = [identity(1), identity(2), identity(3)]
const clock = { now: (): number => Date.UTC(2025, 7, 1, 12, 30) }
const verifiers = [
  ['on Node', verifyProofs],
  ['in browsers', verifyInBrowsers],
] as const

describe('signing', () => {
  const draft = decision('payment', { title: 'Pay with Stripe', cost: 12 })
  const signed = signDecision(draft, author, clock)
  const approved = approveDecision(signed, maria, clock)

  it('adds a proof of the author, by the clock that it was given, and changes nothing else', () => {
    const { proof, ...rest } = signed
    expect(rest).toEqual({ ...draft })
    expect(proof).toMatchObject({
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-jcs-2022',
      created: '2025-08-01T12:30:00Z',
      verificationMethod: expect.stringContaining(author.did) as string,
    })
    expect(Object.isFrozen(signed) && Object.isFrozen(proof)).toBe(true)
  })

  it('leaves the author\u2019s proof as it is when somebody approves, and the hash too', () => {
    expect((approved.proof as unknown[])[0]).toEqual(signed.proof)
    expect(approved.proof).toHaveLength(2)
    expect(new Set([draft, signed, approved].map(decisionHash)).size).toBe(1)
    expect(approveDecision(approved, maria, clock)).toBe(approved)
    expect(approveDecision(signed, author, clock)).toBe(signed)
  })

  it.each(verifiers)(
    'is checked %s: who signed, and that nothing was changed',
    async (_, verify) => {
      expect(await reportSignature(approved, verify)).toEqual({
        status: 'valid',
        signers: [author.did, maria.did],
      })
      const changed = parseDecision({ ...approved, title: 'Pay with Mallory' })
      expect(await reportSignature(changed, verify)).toMatchObject({
        status: 'invalid',
        signers: [],
      })
      const odd = parseDecision({
        ...draft,
        proof: { type: 'DataIntegrityProof', cryptosuite: 'x' },
      })
      expect(await reportSignature(odd, verify)).toMatchObject({ status: 'unchecked' })
      expect(await reportSignature(draft, verify)).toMatchObject({ status: 'unsigned' })
    },
  )

  it('does not take one good proof for another that is bad', async () => {
    const forged = signDecision(decision('other'), mallory, clock).proof
    const mixed = parseDecision({ ...signed, proof: [signed.proof, forged] })
    expect(await reportSignature(mixed, verifyProofs)).toMatchObject({ status: 'invalid' })
  })

  it('refuses a second author, an approval of what does not hold, and who has no key', () => {
    expect(() => signDecision(signed, maria, clock)).toThrow(/no proof yet/)
    const changed = parseDecision({ ...signed, title: 'changed' })
    for (const bad of [draft, changed]) {
      expect(() => approveDecision(bad, author, clock)).toThrow(
        expect.objectContaining({ code: 'ERR_DECISION_SIGNATURE', path: '/proof' }),
      )
    }
    expect(() => signDecision(draft, viewOnlyIdentity(author.publicKey), clock)).toThrow(
      expect.objectContaining({ code: 'ERR_IDENTITY_VIEW_ONLY' }),
    )
  })
})

describe('the way of a decision', () => {
  it('is pinned, signed, kept, walked back, and verified from a file', async () => {
    const graph = createDecisionGraph()
    const reasoning = 'Card data must not touch our servers.'
    const policy = signDecision(decision('policy', { justification: { reasoning } }), author, clock)
    graph.add(policy, { version: 1 })
    const citations = [floating('policy', { excerpt: 'must not touch' })]
    const draft = decision('payment', { citations })
    const { decision: pinned } = await pinCitations(draft, graph, { verify: verifyProofs })
    const payment = signDecision(pinned, author, clock)
    graph.add(payment, { version: 1 })
    // What floats is fixed: a later version of the policy changes nothing.
    graph.add(signDecision(decision('policy'), author, clock), { version: 2 })
    const { links, nodes } = await why(payment.decision_id, graph, { verify: verifyProofs })
    expect(links.map(({ to, verdict }) => [to, verdict.status])).toEqual([
      [address('policy', 1), 'verified'],
    ])
    expect(nodes[0]?.signature).toEqual({ status: 'valid', signers: [author.did] })
    const file = async function* (...all: Decision[]): AsyncGenerator<string> {
      for (const one of all) yield exportDecision(one, 1)
    }
    for (const [, verify] of verifiers) {
      expect((await verifyExport(file(payment, policy), { verify })).status).toBe('verified')
    }
    const forged = parseDecision({ ...policy, title: 'forged' })
    const report = await verifyExport(file(payment, forged), { verify: verifyProofs })
    expect(report.decisions.map(({ signature }) => signature.status)).toEqual(['valid', 'invalid'])
    expect(report.decisions[0]?.links[0]?.verdict).toMatchObject({ reason: 'content-differs' })
  })
})
