import { parseKey } from '@bzzz/ucxl-address'
import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import { createCluster, createPolicy, type PolicyRules } from '../src/cluster.ts'
import {
  canonicalBytes,
  identitiesFromSeed,
  identityFromSeed,
  recipientOf,
  verifySignature,
} from '../src/index.ts'

const NOW = Date.parse('2025-08-01T00:00:00Z')
const now = (): number => NOW
const admin = identityFromSeed(new Uint8Array(32).fill(9))
const cluster = createCluster({ name: 'shop', admin, now })
const people = identitiesFromSeed(new Uint8Array(32), 100)
const certificates = people.map((identity, place) =>
  cluster.certify({
    name: `agent-${place}`,
    roles: ['architect'],
    capabilities: [],
    kind: 'agent',
    did: identity.did,
    recipient: recipientOf(identity),
  }),
)
const { view } = cluster
const certificate = certificates[50]!
const { signature: _signature, ...body } = certificate
const signature = Buffer.from(certificate.signature, 'base64url')

const rules: PolicyRules = {
  version: 1,
  roles: {
    architect: [
      { patterns: ['ucxl://any:any@shop:any/decisions/**'], operations: ['read', 'write'] },
      { patterns: ['ucxl://any:any@shop:any/docs/**'], operations: ['read'] },
    ],
  },
}
const policy = createPolicy({ view, rules, now })
const keys = Array.from(
  { length: 1000 },
  (_, place) => `agent-${place % 100}:architect@shop:t${place}/decisions/${place}.json`,
)
const expression =
  /^[a-z0-9][a-z0-9._-]*:[a-z0-9][a-z0-9._-]*@shop:[a-z0-9][a-z0-9._-]*\/decisions\/.*$/
const { did } = people[50]!
let turn = 0

const bench: Bench = {
  package: 'identity',
  run: async () => [
    await compare({
      what: 'what a key is under a name and in a role, 100 members known',
      subject: () => {
        const place = turn++ % 100
        return view.check({ did: dids[place]!, name: `agent-${place}`, at: NOW, role: 'architect' })
      },
      reference: { what: 'Map.get of the name, and an object', run: lookUp },
      atLeast: 0.1,
    }),
    await compare({
      what: 'a certificate that was seen before, known by its content id',
      subject: () => view.add(certificate),
      reference: {
        what: 'checking its signature',
        run: () => verifySignature(admin.did, canonicalBytes(body), signature),
      },
      atLeast: 4,
    }),
    await compare({
      what: 'a decision on one of 1000 addresses, asked before',
      subject: () =>
        policy.decide({ did, operation: 'read', key: keys[turn++ % 1000]!, at: NOW }).allowed,
      reference: {
        what: 'one regular expression',
        run: () => expression.test(keys[turn++ % 1000]!),
      },
      atLeast: 0.3,
    }),
    await compare({
      what: 'a decision on an address never asked about',
      subject: () =>
        policy.decide({ did, operation: 'read', key: `a:b@shop:t/decisions/${turn++}`, at: NOW })
          .allowed,
      reference: {
        what: 'parseKey, and one regular expression',
        run: () => {
          const key = `a:b@shop:t/decisions/${turn++}`
          return parseKey(key).path !== '' && expression.test(key)
        },
      },
      atLeast: 0.5,
    }),
  ],
}
export default bench

const dids = people.map((identity) => identity.did)
const known = new Map(people.map((identity, place) => [`agent-${place}`, identity.did]))
function lookUp(): object {
  const place = turn++ % 100
  return { holds: known.get(`agent-${place}`) === dids[place] }
}
