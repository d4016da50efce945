import { createPublicKey, verify as verifyBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { verifyExport } from '@bzzz/decision-schema/chains'
import { identityFromSeed } from '@bzzz/identity'
import { verifyProofs } from '@bzzz/identity/proofs'
import * as dot from 'dotparser'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import jsonld from 'jsonld'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { createSlurp } from '../src/create-slurp.ts'
import { preAuthEncoding } from '../src/format-intoto.ts'
import {
  graphOfChain,
  graphOfRecords,
  openEnvelope,
  recordOf,
  toDot,
  toEnvelope,
  toGraphml,
  toJson,
  toMadr,
  toMermaid,
  toNdjson,
  toProv,
  toStatement,
  type DecisionRecord,
  type Envelope,
  type Graph,
} from '../src/formats.ts'
import { createMemoryStorage } from '../src/memory.ts'
import type { Slurp } from '../src/slurp.ts'
import { address, citing, clock, createAuthor, sent, START } from './author.ts'

const NASTY = 'He said "no" \\ <b>&amp; #1; ]-->\n# [x](y) | 100 % {ö}'
let slurp: Slurp
let records: DecisionRecord[]

beforeEach(async () => {
  clock.now = START
  slurp = createSlurp({ storage: createMemoryStorage(), now: () => clock.now })
  const author = createAuthor()
  const law = await author.publish('law', { title: NASTY })
  const old = await author.publish('old')
  const pay = await author.publish('pay', {
    title: 'Pay with Stripe',
    summary: 'Checkout hands over.\n\n# Not a heading\n---',
    options: [{ name: 'Stripe', pros: ['No card\ndata'], cons: ['Fees'] }, { name: 'Adyen' }],
    chosen: 'Stripe',
    consequences: { good: ['Simpler'], bad: ['Fees'], neutral: ['Other invoices'] },
    confirmation: 'The tests run.',
    deciders: ['claude', 'maria'],
    model: 'model-4',
    justification: { reasoning: 'Cards must not touch us.\n\nReally.', criteria: ['Time'] },
    citations: [citing(law, { excerpt: 'He said' })],
    supersedes: [address('old')],
    impacts: [{ type: 'replaces', ucxl_address: address('form'), reason: 'no place' }],
  })
  for (const one of [law, old, pay]) await slurp.ingest(sent(one))
  const { items } = await slurp.state()
  records = items.map(({ decision }) => recordOf(decision))
})

const payment = (): DecisionRecord => records.find(({ address: one }) => one.includes('pay'))!

describe('as JSON and NDJSON', () => {
  test('JSON has each version with the record that is signed', async () => {
    const { items } = await slurp.state()
    const { decisions } = JSON.parse(toJson(items.map(({ decision }) => decision))) as {
      decisions: { node: { title: string }; record: { signature: string } }[]
    }
    expect(decisions.map(({ node }) => node.title)).toEqual([NASTY, 'old', 'Pay with Stripe'])
    expect(decisions[0]?.record.signature).toMatch(/^[\w-]{86}$/)
  })

  test('NDJSON is verified without a server, links and all', async () => {
    async function* lines(): AsyncGenerator<string> {
      for (const record of records) yield toNdjson(record).trimEnd()
    }
    const report = await verifyExport(lines(), { verify: verifyProofs })
    expect(report.status).toBe('verified')
    expect(report.counts).toMatchObject({ decisions: 3, problems: 0, links: { verified: 1 } })
  })
})

describe('as MADR 4', () => {
  test('what the template asks for and a decision of the plain form does not say is filled in', () => {
    const { decision_id, ucxl_address, timestamp, agent_id, decision_type } = payment().decision
    const plain = { decision_id, ucxl_address, timestamp, agent_id, decision_type }
    const text = toMadr({ ...payment(), decision: plain })
    const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
    expect(parseYaml(front)).toMatchObject({ status: 'accepted', 'decision-makers': ['claude'] })
    expect(body.trim()).toBe(
      '# policy\n\n## Decision Outcome\n\nChosen option: "as described above".',
    )
  })

  test('the front matter is YAML, and the headings are those of the template', () => {
    const text = toMadr(payment())
    const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
    expect(parseYaml(front)).toEqual({
      status: 'accepted',
      date: '2025-08-01',
      'decision-makers': ['claude', 'maria'],
      'decision-id': payment().decision.decision_id,
      'decision-type': 'policy',
      'ucxl-address': payment().address,
      'content-id': payment().contentId,
    })
    expect([...body.matchAll(/^#+ .*/gm)].map(([heading]) => heading)).toEqual([
      '# Pay with Stripe',
      '## Context and Problem Statement',
      '## Decision Drivers',
      '## Considered Options',
      '## Decision Outcome',
      '### Consequences',
      '### Confirmation',
      '## Pros and Cons of the Options',
      '### Stripe',
      '## More Information',
    ])
    expect(body).toContain('Chosen option: "Stripe", because Cards must not touch us.\n')
    expect(body).toContain('* Good, because No card data\n* Bad, because Fees\n')
    expect(body).toContain('* Neutral, because Other invoices\n')
    expect(body).toContain('\n\\# Not a heading\n\\---\n')
    expect(body).toContain(`* supersedes: <${address('old')}>`)
  })
})

describe('as W3C PROV', () => {
  test('JSON-LD expands, by a processor that is not ours, to what PROV-O names', async () => {
    const document = toProv(records)
    const options = {
      documentLoader: async (url: string) => {
        throw new Error(`it fetches ${url}`)
      },
    }
    const expanded = (await jsonld.expand(document, options)) as Record<string, unknown>[]
    const PROV = 'http://www.w3.org/ns/prov#'
    const types = expanded.map((node) => (node['@type'] as string[])[0]?.replace(PROV, ''))
    expect(types.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))).toEqual([
      ...Array(3).fill('Activity'),
      'Agent',
      ...Array(3).fill('Entity'),
    ])
    const id = 'ucxl://claude:architect@shop%3Acheckout/*~/decisions'
    const entity = expanded.find((node) => node['@id'] === `${id}/pay.json`)
    expect(entity?.[`${PROV}wasDerivedFrom`]).toEqual([{ '@id': `${id}/law.json` }])
    expect(entity?.[`${PROV}wasRevisionOf`]).toEqual([
      { '@id': 'ucxl://claude:architect@shop%3Acheckout/*%5E/decisions/old.json' },
    ])
    expect(entity?.[`${PROV}wasAttributedTo`]).toEqual([{ '@id': payment().writer }])
    const quads = (await jsonld.toRDF(document, {
      ...options,
      format: 'application/n-quads',
    })) as unknown as string
    expect(quads.split('\n').length).toBeGreaterThan(30)
    expect(quads).toContain('"2025-08-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>')
  })
})

test('PROV has each version as a revision of the one before it, and the first of none', async () => {
  const author = createAuthor()
  const first = await author.publish('again', { title: 'one' })
  const second = await author.publish('again', { title: 'two' })
  const graphOf = async (at: string): Promise<unknown> => {
    const { '@graph': graph } = toProv([recordOf(await slurp.get(at))]) as {
      '@graph': readonly { readonly wasRevisionOf?: unknown }[]
    }
    return graph[0]?.wasRevisionOf
  }
  for (const one of [first, second]) await slurp.ingest(sent(one))
  expect(await graphOf(address('again', 'claude', '*~1'))).toBeUndefined()
  expect(await graphOf(address('again', 'claude', '*~2'))).toEqual([
    'ucxl://claude:architect@shop%3Acheckout/*~/decisions/again.json',
  ])
})

describe('as an in-toto statement in a DSSE envelope', () => {
  const signer = identityFromSeed(new Uint8Array(32).fill(50))

  test('what is signed is as the DSSE protocol has it in its example', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))
    expect(Buffer.from(encoded).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    )
  })

  test('the subject is the digest of what is kept', () => {
    const { subject, ...rest } = toStatement(payment())
    expect(rest).toMatchObject({ _type: 'https://in-toto.io/Statement/v1' })
    const [{ name, digest }] = subject
    expect(name).toBe(payment().address)
    // The content id is the same digest, in base32 behind its head.
    expect(digest.sha256).toMatch(/^[0-9a-f]{64}$/)
    const bits = Array.from(payment().contentId.slice(1))
      .map((one) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(one).toString(2).padStart(5, '0'))
      .join('')
    const hex = (bits.slice(32, 32 + 256).match(/.{4}/g) ?? [])
      .map((four) => Number.parseInt(four, 2).toString(16))
      .join('')
    expect(digest.sha256).toBe(hex)
  })

  test('the signature holds by a verifier that is not ours, and not for another payload', () => {
    const envelope = toEnvelope(payment(), signer)
    const [signature] = envelope.signatures
    const payload = Buffer.from(envelope.payload, 'base64')
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), signer.publicKey])
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const signed = Buffer.concat([
      Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `),
      payload,
    ])
    expect(verifyBytes(null, signed, key, Buffer.from(signature?.sig ?? '', 'base64'))).toBe(true)
    expect(openEnvelope(envelope)).toEqual({
      statement: JSON.parse(payload.toString()),
      signers: [signer.did],
    })
    const forged = { ...envelope, payload: Buffer.from('{}').toString('base64') }
    expect(() => openEnvelope(forged)).toThrow(/signature that holds/)
    const unknown = { ...envelope, signatures: [{ keyid: 'x', sig: signature?.sig ?? '' }] }
    expect(() => openEnvelope(unknown)).toThrow(/signature that holds/)
  })

  test('what somebody signed that is no statement, or as something else, is refused', () => {
    const seal = (type: string, text: string): Envelope => {
      const payload = Buffer.from(text)
      const sig = Buffer.from(signer.sign(preAuthEncoding(type, payload))).toString('base64')
      const signatures = [{ keyid: signer.did, sig }]
      return { payloadType: type, payload: payload.toString('base64'), signatures }
    }
    const statement = JSON.stringify(toStatement(payment()))
    const type = 'application/vnd.in-toto+json'
    expect(openEnvelope(seal(type, statement)).signers).toEqual([signer.did])
    const wrong = [
      seal('text/plain', statement),
      seal(type, 'hello'),
      seal(type, 'null'),
      seal(type, '{"_type":"https://in-toto.io/Statement/v0.1"}'),
    ]
    for (const envelope of wrong)
      expect(() => openEnvelope(envelope)).toThrow(
        expect.objectContaining({ code: 'ERR_SLURP_SIGNATURE' }),
      )
  })
})

describe('as a drawing', () => {
  let parseMermaid: (text: string) => Promise<unknown>

  beforeAll(async () => {
    // Mermaid cleans labels with a library that needs a browser; its grammar needs none.
    const inside = createRequire(createRequire(import.meta.url).resolve('mermaid'))
    const purify = (await import(
      pathToFileURL(inside.resolve('dompurify')).href.replace(/purify\.cjs\.js$/, 'purify.es.mjs')
    )) as {
      default: Record<string, unknown>
    }
    Object.assign(purify.default, { addHook: () => undefined, sanitize: (text: string) => text })
    const { default: mermaid } = await import('mermaid')
    parseMermaid = async (text) => mermaid.parse(text)
  })

  const nasty: Graph = {
    nodes: [
      { id: 'a', title: NASTY, kind: 'decision', type: 'end', status: 'accepted' },
      { id: 'b"\\', title: 'graph', kind: 'missing' },
      { id: 'c', title: '', kind: 'document' },
    ],
    links: [
      { from: 'a', to: 'b"\\', type: 'justified_by', verdict: 'broken' },
      { from: 'a', to: 'c', type: 'x|y"', verdict: 'unverified' },
    ],
  }

  test('the graph of records has what they cite and supersede, and what is missing', () => {
    const { nodes, links } = graphOfRecords(
      records.filter(({ address: one }) => !one.includes('old')),
    )
    expect(nodes.map(({ id, kind }) => [/(\w+)\.json/.exec(id)?.[1], kind])).toEqual([
      ['law', 'decision'],
      ['pay', 'decision'],
      ['old', 'missing'],
    ])
    expect(links.map(({ type }) => type)).toEqual(['justified_by', 'supersedes'])
  })

  test('DOT is read by a parser that is not ours', async () => {
    const chain = await slurp.why(address('pay'))
    for (const graph of [nasty, graphOfChain(chain)]) {
      const [parsed] = dot.default(toDot(graph)) as unknown as [
        { type: string; children: { type: string; attr_list: { id: string; eq: string }[] }[] },
      ]
      expect(parsed.type).toBe('digraph')
      const count = (type: string): number =>
        parsed.children.filter((child) => child.type === type).length
      expect(count('node_stmt')).toBe(graph.nodes.length)
      expect(count('edge_stmt')).toBe(graph.links.length)
    }
    expect(toDot(graphOfChain(chain))).toContain('color="#2e7d32"')
  })

  test('Mermaid is read by Mermaid', async () => {
    const chain = await slurp.why(address('pay'))
    for (const graph of [nasty, graphOfChain(chain), graphOfRecords(records)]) {
      expect(await parseMermaid(toMermaid(graph))).toMatchObject({ diagramType: 'flowchart-v2' })
    }
    await expect(parseMermaid('flowchart BT\n a["x" --> b')).rejects.toThrow(/Parse error/)
  })

  test('GraphML is well-formed XML, and says the same', () => {
    const text = toGraphml(nasty)
    expect(XMLValidator.validate(text)).toBe(true)
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => ['node', 'edge', 'data'].includes(name),
      htmlEntities: true,
    })
    const { graphml } = parser.parse(text) as {
      graphml: {
        graph: {
          node: { id: string; data: { '#text': string; key: string }[] }[]
          edge: { source: string; target: string }[]
        }
      }
    }
    expect(graphml.graph.node.map(({ id }) => id)).toEqual(['a', 'b"\\', 'c'])
    expect(graphml.graph.node[0]?.data[0]?.['#text']).toBe(NASTY)
    expect(graphml.graph.edge.map(({ source, target }) => `${source} ${target}`)).toEqual([
      'a b"\\',
      'a c',
    ])
  })

  test('no title breaks any of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (title) => {
        const graph: Graph = {
          nodes: [
            { id: 'a', title: title.toWellFormed(), kind: 'decision', type: 'policy' },
            { id: 'b', title: 'b', kind: 'decision' },
          ],
          links: [{ from: 'a', to: 'b', type: title.toWellFormed() }],
        }
        expect(XMLValidator.validate(toGraphml(graph))).toBe(true)
        expect(() => dot.default(toDot(graph))).not.toThrow()
        await parseMermaid(toMermaid(graph))
      }),
      { numRuns: 30 },
    )
  })
})
