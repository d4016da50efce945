import { base58btc } from 'multiformats/bases/base58'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import { canonicalText, identityFromSeed } from '../src/index.ts'
import { addProof, verifyProofs, type JsonObject, type Proof } from '../src/proofs.ts'
import { code, json } from './support.ts'

const w3c = json('test/fixtures/vc-di-eddsa.json') as {
  keyPair: { publicKeyMultibase: string; privateKeyMultibase: string }
  unsigned: JsonObject
  canonicalDocument: string
  canonicalProof: string
  signature: string
  signed: JsonObject & { proof: Proof }
  otherSuite: JsonObject
  proofSet: JsonObject
  proofChain: JsonObject
}
// Multicodec ed25519-priv in front of the seed.
const w3cSigner = identityFromSeed(base58btc.decode(w3c.keyPair.privateKeyMultibase).subarray(2))
const author = identityFromSeed(new Uint8Array(32).fill(1))
const approver = identityFromSeed(new Uint8Array(32).fill(2))
const created = '2025-08-01T12:00:00Z'
const decision = { id: 'd1', title: 'Use SQLite', options: ['SQLite', 'files'] }
const AT = Date.parse('2025-08-10T00:00:00Z')

describe.each(Object.entries({ node: verifyProofs, browser: browser.verifyProofs }))(
  'verifying proofs by %s',
  (_, verify) => {
    test('believes the W3C’s signed document', () => {
      const { verified, signers } = verify(w3c.signed)
      expect(verified).toBe(true)
      expect(signers).toEqual([`did:key:${w3c.keyPair.publicKeyMultibase}`])
    })

    test.each<[string, JsonObject]>([
      ['a changed member', { ...w3c.signed, name: 'Another' }],
      ['one more member', { ...w3c.signed, extra: 1 }],
      ['a changed proof', { ...w3c.signed, proof: { ...w3c.signed.proof, created } }],
      ['a proof without its context', { ...w3c.signed, proof: without('@context') }],
      ['another key', { ...w3c.signed, proof: { ...w3c.signed.proof, ...methodOf(author.did) } }],
    ])('does not believe it with %s', (_what, document) => {
      expect(verify(document)).toMatchObject({
        verified: false,
        signers: [],
        proofs: [{ status: 'invalid', code: 'ERR_IDENTITY_SIGNATURE' }],
      })
    })

    test('takes a context that was added to, and none that was changed', () => {
      const [first, second] = w3c.signed['@context'] as string[]
      const more = { ...w3c.signed, '@context': [first, second, 'https://example.org/more'] }
      expect(verify(more).verified).toBe(true)
      for (const context of [[second, first], [first], 'https://example.org', undefined]) {
        const proofs = verify({ ...w3c.signed, '@context': context }).proofs
        expect(proofs).toMatchObject([{ status: 'invalid', code: 'ERR_IDENTITY_PROOF' }])
      }
    })

    test('says of other suites, other types and chains that it cannot check them', () => {
      expect(verify(w3c.otherSuite)).toMatchObject({
        verified: false,
        proofs: [{ status: 'unsupported', reason: 'its suite is "eddsa-rdfc-2022"' }],
      })
      expect(verify(w3c.proofSet).proofs.map(({ status }) => status)).toEqual([
        'unsupported',
        'unsupported',
      ])
      expect(verify(w3c.proofChain).verified).toBe(false)
      const signed = addProof(decision, author, { created })
      const chained = {
        ...decision,
        proof: { ...(signed.proof as Proof), previousProof: 'urn:uuid:1' },
      }
      expect(verify(chained).proofs).toMatchObject([{ status: 'unsupported' }])
      const other = {
        ...signed,
        proof: { ...(signed.proof as Proof), type: 'Ed25519Signature2020' },
      }
      expect(verify(other).proofs).toMatchObject([{ status: 'unsupported' }])
      const mixed = { ...decision, proof: [signed.proof, ...(w3c.proofSet['proof'] as Proof[])] }
      expect(verify(mixed)).toMatchObject({ verified: false, signers: [author.did] })
    })

    test('believes nothing of a document without a proof', () => {
      for (const document of [decision, { ...decision, proof: [] }])
        expect(verify(document)).toEqual({ verified: false, proofs: [], signers: [] })
    })

    test.each<[string, unknown]>([
      ['nothing', null],
      ['a text', 'z'],
      ['no signature', { ...without('proofValue') }],
      [
        'half a signature',
        { ...w3c.signed.proof, proofValue: w3c.signed.proof.proofValue.slice(0, 40) },
      ],
      ['a signature in base64', { ...w3c.signed.proof, proofValue: `u${'A'.repeat(86)}` }],
      ['a very long signature', { ...w3c.signed.proof, proofValue: `z${'1'.repeat(1e6)}` }],
      ['no purpose', { ...without('proofPurpose') }],
      ['a method without its key', { ...w3c.signed.proof, verificationMethod: author.did }],
      [
        'a method of two keys',
        { ...w3c.signed.proof, verificationMethod: `${author.did}#${approver.did.slice(8)}` },
      ],
      ['a time that is none', { ...w3c.signed.proof, created: 'yesterday' }],
      ['a moment that is none', { ...w3c.signed.proof, expires: '2025-99-01T00:00:00Z' }],
    ])('says of %s in the place of a proof that it is none', (_what, proof) => {
      const document = { ...w3c.signed, proof: [proof] }
      expect(verify(document).proofs).toMatchObject([
        { status: 'invalid', code: 'ERR_IDENTITY_PROOF' },
      ])
    })

    test('does not believe a proof that was made for elsewhere, or for another question', () => {
      const proof = { created, domain: 'shop', challenge: 'abc', purpose: 'authentication' }
      const signed = addProof(decision, author, proof)
      const asked = { domain: 'shop', challenge: 'abc', purpose: 'authentication' }
      expect(verify(signed, asked).verified).toBe(true)
      const codes = [{ domain: 'bank' }, { challenge: 'abd' }, { purpose: 'assertionMethod' }].map(
        (other) => verify(signed, { ...asked, ...other }).proofs[0],
      )
      expect(codes).toMatchObject([
        { code: 'ERR_IDENTITY_REPLAYED' },
        { code: 'ERR_IDENTITY_REPLAYED' },
        { code: 'ERR_IDENTITY_PROOF' },
      ])
      const unasked = addProof(decision, author, { created })
      expect(verify(unasked, { challenge: 'abc' }).proofs).toMatchObject([
        { code: 'ERR_IDENTITY_REPLAYED' },
      ])
    })

    test('keeps to the times of a proof where it is told the time', () => {
      const signed = addProof(decision, author, { created, expires: '2025-08-09T00:00:00Z' })
      const at = (time: string): unknown => verify(signed, { at: Date.parse(time) }).proofs[0]
      expect(at('2025-07-31T00:00:00Z')).toMatchObject({ code: 'ERR_IDENTITY_NOT_YET_VALID' })
      expect(at('2025-08-01T12:00:00Z')).toMatchObject({ status: 'valid' })
      expect(at('2025-08-08T23:59:59Z')).toMatchObject({ status: 'valid' })
      expect(at('2025-08-09T00:00:00Z')).toMatchObject({ code: 'ERR_IDENTITY_EXPIRED' })
      expect(verify(addProof(decision, author, { created }), { at: AT }).verified).toBe(true)
    })

    test('believes whatever was signed, through JSON and back', () => {
      const documents = fc.dictionary(
        fc.string().filter((name) => name !== 'proof'),
        fc.jsonValue(),
      )
      fc.assert(
        fc.property(documents, (document) => {
          const signed = addProof(document, author, { created })
          const read = JSON.parse(JSON.stringify(signed)) as JsonObject
          expect(verify(read).verified).toBe(true)
          expect(verify({ ...read, 'one-more': 1 }).verified).toBe(false)
        }),
        { numRuns: 20 },
      )
    })
  },
)

describe('a proof', () => {
  test('is made as the W3C’s is, to the letter', () => {
    const { verificationMethod: _method, ...options } = w3c.signed.proof
    const signed = addProof(w3c.unsigned, w3cSigner, { created: options.created! })
    expect(signed).toEqual(w3c.signed)
    const { proofValue: _value, ...config } = signed.proof as Proof
    expect(canonicalText(config)).toBe(w3c.canonicalProof)
    expect(canonicalText(w3c.unsigned)).toBe(w3c.canonicalDocument)
    const bytes = base58btc.decode((signed.proof as Proof).proofValue)
    expect(Buffer.from(bytes).toString('hex')).toBe(w3c.signature)
  })

  test('leaves the document and the proofs before it as they were', () => {
    const signed = addProof(decision, author, { created })
    const approved = addProof(signed, approver, {
      created: '2025-08-02T09:00:00Z',
      id: 'urn:uuid:2',
    })
    expect(decision).not.toHaveProperty('proof')
    expect(Array.isArray(signed.proof)).toBe(false)
    expect((approved.proof as Proof[])[0]).toBe(signed.proof)
    expect(verifyProofs(approved)).toMatchObject({
      verified: true,
      signers: [author.did, approver.did],
    })
    const [first, second] = approved.proof as Proof[]
    for (const proof of [first, second, [second], [second, first]])
      expect(verifyProofs({ ...decision, proof }).verified).toBe(true)
  })

  test('that does not hold spoils the document, and not the others', () => {
    const approved = addProof(addProof(decision, author, { created }), approver, { created })
    const [first, second] = approved.proof as [Proof, Proof]
    const forged = { ...decision, proof: [first, { ...second, created: '2025-08-03T00:00:00Z' }] }
    expect(verifyProofs(forged)).toMatchObject({
      verified: false,
      signers: [author.did],
      proofs: [{ status: 'valid' }, { status: 'invalid', code: 'ERR_IDENTITY_SIGNATURE' }],
    })
  })

  test('cannot be moved to another document', () => {
    const { proof } = addProof(decision, author, { created })
    expect(verifyProofs({ ...decision, title: 'Use files', proof }).verified).toBe(false)
  })

  test('is not made with a time that is none, without a key, or as the 65th', () => {
    for (const time of ['', 'today', '2025-13-01T00:00:00Z', '2025-08-01'])
      expect(() => addProof(decision, author, { created: time })).toThrow(
        code('ERR_IDENTITY_PROOF'),
      )
    const full = { ...decision, proof: Array.from({ length: 64 }, () => ({})) }
    expect(() => addProof(full, author, { created })).toThrow(code('ERR_IDENTITY_PROOF'))
    expect(() => verifyProofs({ proof: [...full.proof, {}] })).toThrow(code('ERR_IDENTITY_PROOF'))
  })
})

function without(name: string): Proof {
  const { [name]: _left, ...rest } = w3c.signed.proof
  return rest as Proof
}

function methodOf(did: string): { verificationMethod: string } {
  return { verificationMethod: `${did}#${did.slice('did:key:'.length)}` }
}
