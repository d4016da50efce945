import { clusterWriters, createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed, recipientOf, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  OPERATIONS,
  type ClusterAdmin,
  type Operation,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { createKeyRing } from '@bzzz/identity/contents'
import { createTokenStore } from '@bzzz/identity/tokens'
import { createMesh, type Mesh } from '@bzzz/mesh'
import { afterEach, describe, expect, test } from 'vitest'
import { createUcxi, startUcxiServer, type Ucxi, type UcxiServer } from '../src/index.ts'

const START = Date.UTC(2025, 7, 1)
const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const addressOf = (context: string): string => `ucxl://${context.replace('/', '/*^/')}`
const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

let now = START
const clock = (): number => now

/** Each operation by itself is a role, on the project shop alone. */
const RULES: PolicyRules = {
  version: 1,
  roles: Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation,
      [{ patterns: ['ucxl://any:any@shop:any/**'], operations: [operation] }],
    ]),
  ),
}

const MEMBERS: PolicyRules = {
  version: 1,
  roles: {},
  members: [{ patterns: ['ucxl://any:any@any:any/**'], operations: ['read', 'write'] }],
}

interface Member {
  readonly identity: Identity
  readonly store: ContextStore
  readonly mesh: Mesh
  readonly ucxi: Ucxi
}

/** A member of a cluster with a node of its own. */
async function member(
  admin: ClusterAdmin,
  init: { number: number; name: string; roles: readonly string[]; rules?: PolicyRules },
): Promise<Member> {
  const { number, name, roles, rules = RULES } = init
  const identity = key(number)
  const grant = { name, roles: [...roles], capabilities: [], kind: 'agent' as const }
  admin.certify({ ...grant, did: identity.did, recipient: recipientOf(identity) })
  const view = createClusterView({ cluster: admin.cluster, statements: admin.view.statements() })
  const policy = createPolicy({ view, rules, now: clock })
  const writers = clusterWriters({ policy, view })
  const store = createMemoryStore({ writer: identity, now: clock, writers })
  const cluster = { view, policy }
  const mesh = await createMesh({ identity, store, now: clock, cluster, freshMs: 0 })
  const ring = createKeyRing({ identity, now: clock })
  const contents = { ring, recipientsOf: (role: string) => view.recipientsOf(role, now) }
  const ucxi = createUcxi({ store, mesh, contents, now: clock })
  closing.push(
    async () => store.close(),
    async () => mesh.stop(),
  )
  return { identity, store, mesh, ucxi }
}

/** A server over all of shop and stock, where each role has a token. */
async function serve(): Promise<{
  server: UcxiServer
  store: ContextStore
  tokens: Map<string, string>
}> {
  const admin = createCluster({ name: 'shop', admin: key(100), now: clock })
  const policy = createPolicy({ view: admin.view, rules: RULES, now: clock })
  const store = createMemoryStore({ writer: key(1), now: clock })
  const issuing = createTokenStore({ now: clock })
  const tokens = new Map(
    OPERATIONS.map((role) => [
      role,
      issuing.issue({ label: role, roles: [role], name: 'claude', expiresIn: 3_600_000 }).token,
    ]),
  )
  const server = await startUcxiServer({
    ucxi: createUcxi({ store, now: clock }),
    authorize: ({ token }) => {
      const checked = token === undefined ? undefined : issuing.check(token)
      if (!checked?.ok) return null
      const { label, roles, name } = checked.token
      const access = policy.accessFor({ roles, name })
      return { principal: label, may: (operation, context) => access.may(operation, context) }
    },
  })
  closing.push(
    async () => server.close(),
    async () => store.close(),
  )
  return { server, store, tokens }
}

/** What each operation is over HTTP, on a context that is there; and what says that it was denied. */
const REQUESTS: Record<string, readonly [Operation, (context: string) => [string, RequestInit]][]> =
  {
    HTTP: [
      ['read', (context) => [`/ucxl/${context}`, {}]],
      ['read', (context) => [`/ucxl/${context}`, { method: 'HEAD' }]],
      ['read', (context) => [`/ucxl/${context.replace('/', '/*~1/')}`, {}]],
      ['read', (context) => [`/timemap/${context}`, {}]],
      ['read', (context) => [`/timegate/${context}`, { redirect: 'manual' }]],
      [
        'read',
        (context) => [`/ucxi/resolve?address=${encodeURIComponent(addressOf(context))}`, {}],
      ],
      ['write', (context) => [`/ucxl/${context}`, { method: 'PUT', body: 'new' }]],
      [
        'write',
        (context) => [`/ucxl/${context.replace(/[^/]*$/, '')}`, { method: 'POST', body: 'n' }],
      ],
      ['delete', (context) => [`/ucxl/${context}`, { method: 'DELETE' }]],
      ['announce', (context) => ['/ucxi/announce', post({ address: addressOf(context) })]],
    ],
  }

function post(body: unknown): RequestInit {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', headers, body: JSON.stringify(body) }
}

describe('every operation, by every role, on every pattern', () => {
  test.for(OPERATIONS)('as %s, through the store', async (role) => {
    const admin = createCluster({ name: 'shop', admin: key(100), now: clock })
    const policy = createPolicy({ view: admin.view, rules: RULES, now: clock })
    const store = createMemoryStore({ writer: key(1), now: clock })
    closing.push(async () => store.close())
    const view = store.restrictedTo(policy.accessFor({ roles: [role], name: 'claude' }))
    for (const project of ['shop', 'stock']) {
      const context = `claude:${role}@${project}:t/x`
      const address = addressOf(context)
      await store.put({ address, content: bytes('words'), contentType: 'text/plain' })
      const allowed = (operation: Operation): boolean => role === operation && project === 'shop'
      const expected = (operation: Operation): string =>
        allowed(operation) ? 'done' : 'ERR_STORE_DENIED'
      expect(await codeOf(view.get(address))).toBe(expected('read'))
      expect(await codeOf(view.head(context))).toBe(expected('read'))
      expect((await view.search('words')).hits.length).toBe(role === 'read' ? 1 : 0)
      expect(await codeOf(view.put({ address, content: bytes('x') }))).toBe(expected('write'))
      expect(await codeOf(view.put({ address, content: null }))).toBe(expected('delete'))
    }
  })

  test.for(OPERATIONS)('as %s, over HTTP', async (role) => {
    for (const project of ['shop', 'stock']) {
      for (const [operation, request] of REQUESTS['HTTP'] ?? []) {
        const { server, store, tokens } = await serve()
        const context = `claude:${role}@${project}:t/x`
        await store.put({
          address: addressOf(context),
          content: bytes('words'),
          contentType: 'text/plain',
        })
        const [path, init] = request(context)
        const headers = {
          ...(init.headers as Record<string, string>),
          authorization: `Bearer ${tokens.get(role)}`,
        }
        const { status } = await fetch(`${server.url}${path}`, { ...init, headers })
        const allowed = role === operation && project === 'shop'
        const what = `${role} ${operation} ${project} ${path}: ${status}`
        // Without a mesh, what may be announced has nobody to be told to.
        if (allowed)
          expect(status < 400 || (operation === 'announce' && status === 503), what).toBe(true)
        else expect(status, what).toBe(403)
        await server.close()
      }
    }
  })

  test.for(OPERATIONS)('as %s, listed, searched and told of over HTTP', async (role) => {
    const { server, store, tokens } = await serve()
    for (const project of ['shop', 'stock']) {
      const address = addressOf(`claude:${role}@${project}:t/x`)
      await store.put({ address, content: bytes('words'), contentType: 'text/plain' })
    }
    const headers = { authorization: `Bearer ${tokens.get(role)}` }
    for (const path of ['/ucxi/query', '/ucxi/query?text=words']) {
      const answer = await fetch(`${server.url}${path}`, { headers })
      const { versions } = (await answer.json()) as { versions: { key: string }[] }
      const seen = versions.map((version) => version.key)
      expect(seen, path).toEqual(role === 'read' ? [`claude:read@shop:t/x`] : [])
    }
  })

  test.for(OPERATIONS)('as %s, over the mesh', async (role) => {
    now = START
    const admin = createCluster({ name: 'shop', admin: key(100), now: clock })
    const rules: PolicyRules = {
      version: 1,
      roles: {
        ...RULES.roles,
        owner: [
          { patterns: ['ucxl://any:any@any:any/**'], operations: ['read', 'write', 'announce'] },
        ],
      },
    }
    const owner = await member(admin, { number: 1, name: 'owner', roles: ['owner'], rules })
    const other = await member(admin, { number: 2, name: 'other', roles: [role], rules })
    for (const project of ['shop', 'stock'])
      await owner.store.put({
        address: addressOf(`owner:owner@${project}:t/x`),
        content: bytes(project),
      })
    await other.mesh.join(owner.mesh.addresses[0] ?? '')
    for (const project of ['shop', 'stock']) {
      await owner.mesh.publish(`owner@${project}`)
      const allowed = role === 'read' && project === 'shop'
      const read = await codeOf(other.mesh.get(addressOf(`owner:owner@${project}:t/x`)))
      if (allowed) expect(read).toBe('done')
      else expect(read).toMatch(/^ERR_/)
      const { heads } = await other.mesh.collection(`owner@${project}`)
      expect(heads.length).toBe(allowed ? 1 : 0)
      const own = addressOf(`other:${role}@${project}:t/x`)
      const written = await codeOf(other.store.put({ address: own, content: bytes('x') }))
      expect(written).toBe(role === 'write' && project === 'shop' ? 'done' : 'ERR_STORE_WRITER')
    }
  })

  test('no way of writing an address gets round a pattern', async () => {
    const { server, store, tokens } = await serve()
    await store.put({ address: addressOf('claude:read@stock:t/x'), content: bytes('secret') })
    const headers = { authorization: `Bearer ${tokens.get('read')}` }
    const tricks = [
      '/ucxl/claude:read@shop:t/%2e%2e/x',
      '/ucxl/claude:read@shop:t/../../stock:t/x',
      '/ucxl/claude:read@STOCK:t/x',
      '/ucxl/claude:read@stock%3At/x',
      '/ucxl/claude:read@stock:t/*%5E/x',
      '/ucxl/claude:read@stock:t/*~1/x',
      '/ucxl/claude:read@stock:t/2030-01-01/x',
      '/ucxl/claude:read@stock:t/%78',
      '/ucxl/claude:read@stock:t/x/',
      '/ucxl/CLAUDE:READ@stock:t/x?x=1',
      '/timemap/claude:read@stock%3At/x',
      '/ucxi/resolve?address=ucxl%3A%2F%2Fclaude%3Aread%40STOCK%253At%2Fx',
    ]
    for (const path of tricks) {
      const answer = await fetch(`${server.url}${path}`, { headers })
      expect([400, 403, 404], path).toContain(answer.status)
      expect(await answer.text(), path).not.toContain('secret')
    }
  })
})

describe('what is shown of a signer', () => {
  test('says a name by first use, a certificate, and a key that was revoked since', async () => {
    now = START
    const open = createCluster({ name: 'open', admin: key(100), now: clock, mode: 'open' })
    const closed = createCluster({ name: 'shop', admin: key(101), now: clock })
    const recipient = recipientOf(key(1))
    const grant = { name: 'claude', roles: ['architect'], capabilities: [], kind: 'agent' as const }
    closed.certify({ ...grant, did: key(1).did, recipient })
    const plan = 'claude:architect@shop:checkout/plan.md'
    const shown = async (admin: ClusterAdmin): Promise<Response[]> => {
      const { view } = admin
      const policy = createPolicy({ view, rules: MEMBERS, now: clock })
      const writers = clusterWriters({ policy, view })
      const store = createMemoryStore({ writer: key(1), now: clock, writers })
      const ucxi = createUcxi({ store, cluster: view, now: clock })
      const server = await startUcxiServer({ ucxi })
      closing.push(
        async () => server.close(),
        async () => store.close(),
      )
      await store.put({
        address: addressOf(plan),
        content: bytes('plan'),
        contentType: 'text/plain',
      })
      now += 60_000
      if (admin === closed) admin.revoke({ did: key(1).did, reason: 'the laptop was stolen' })
      const accept = { headers: { accept: 'application/vnd.ucxl.entry+json' } }
      return Promise.all([
        fetch(`${server.url}/ucxl/${plan}`),
        fetch(`${server.url}/ucxl/${plan}`, accept),
        fetch(`${server.url}/ucxi/query?text=plan`),
        fetch(`${server.url}/timemap/${plan}`, { headers: { accept: 'application/json' } }),
      ])
    }
    const first = await shown(open)
    expect(first[0]?.headers.get('ucxl-trust')).toBe('first-use; by=first-use')
    const trust = { status: 'first-use', by: 'first-use' }
    expect(await first[1]?.json()).toMatchObject({ trust, body: 'plan' })
    expect(await first[2]?.json()).toMatchObject({ versions: [{ trust }] })
    expect(await first[3]?.json()).toMatchObject({ versions: [{ trust }] })
    const certified = await shown(closed)
    expect(certified[0]?.headers.get('ucxl-trust')).toBe(
      'valid; by=certificate; revoked-since=2025-08-01T00:02:00Z',
    )
    expect(await certified[1]?.json()).toMatchObject({
      body: 'plan',
      trust: { status: 'valid', by: 'certificate', revoked_since: '2025-08-01T00:02:00Z' },
    })
  })
})

describe('encrypted contexts', () => {
  const rules: PolicyRules = {
    version: 1,
    roles: {
      architect: [
        {
          patterns: ['ucxl://any:any@shop:any/**'],
          operations: ['read', 'write', 'delete', 'announce'],
        },
      ],
      // May read everything but is no recipient of what is encrypted for architects.
      auditor: [{ patterns: ['ucxl://any:any@any:any/**'], operations: ['read'] }],
    },
  }
  const PLAN = 'claude:architect@shop:checkout/plan.md'

  async function team(): Promise<{
    claude: Member
    bob: Member
    eve: Member
    admin: ClusterAdmin
  }> {
    now = START
    const admin = createCluster({ name: 'shop', admin: key(100), now: clock })
    for (const [number, name, role] of [
      [1, 'claude', 'architect'],
      [2, 'bob', 'architect'],
      [3, 'eve', 'auditor'],
    ] as const) {
      const identity = key(number)
      const grant = { name, roles: [role], capabilities: [], kind: 'agent' as const }
      admin.certify({ ...grant, did: identity.did, recipient: recipientOf(identity) })
    }
    now += 1000
    const claude = await member(admin, { number: 1, name: 'claude', roles: ['architect'], rules })
    const bob = await member(admin, { number: 2, name: 'bob', roles: ['architect'], rules })
    const eve = await member(admin, { number: 3, name: 'eve', roles: ['auditor'], rules })
    for (const one of [bob, eve]) await one.mesh.join(claude.mesh.addresses[0] ?? '')
    return { claude, bob, eve, admin }
  }

  test('a member of the role reads it, another sees that it is there, and why it cannot', async () => {
    const { claude, bob, eve } = await team()
    const input = {
      content: bytes('the secret plan'),
      contentType: 'text/plain',
      encryptFor: 'architect',
    }
    const { record } = await claude.ucxi.put(addressOf(PLAN), input)
    await claude.mesh.publish('claude@shop')
    expect(record.encryption?.method).toBe('aes-256-gcm')
    const stored = await claude.store.content(record.content ?? '')
    expect(text(stored ?? bytes(''))).not.toContain('secret')
    expect(text((await claude.ucxi.get(addressOf(PLAN))).content)).toBe('the secret plan')
    expect(text((await bob.ucxi.get(addressOf(PLAN))).content)).toBe('the secret plan')
    expect(await codeOf(eve.ucxi.get(addressOf(PLAN)))).toBe('ERR_IDENTITY_NO_CONTENT_KEY')
    const seen = await eve.ucxi.resolve(addressOf(PLAN))
    expect(seen.record).toMatchObject({ content_type: 'text/plain', encryption: record.encryption })
    const kept = await eve.store.content(record.content ?? '')
    expect(text(kept ?? bytes(''))).not.toContain('secret')
  })

  test('over HTTP a reader gets the content, and who is none gets 403 with the reason', async () => {
    const { claude, eve } = await team()
    const [writing, reading] = [
      await startUcxiServer({ ucxi: claude.ucxi }),
      await startUcxiServer({ ucxi: eve.ucxi }),
    ]
    closing.push(
      async () => writing.close(),
      async () => reading.close(),
    )
    const body = 'the secret plan '.repeat(1000)
    const headers = { 'content-type': 'text/plain' }
    const path = `/ucxl/${PLAN}`
    const put = await fetch(`${writing.url}${path}?encrypt_for=architect`, {
      method: 'PUT',
      headers,
      body,
    })
    expect(put.status).toBe(201)
    await claude.mesh.publish('claude@shop')
    const whole = await fetch(`${writing.url}${path}`, {
      headers: { 'accept-encoding': 'identity' },
    })
    expect(whole.headers.get('content-length')).toBe(String(body.length))
    expect(whole.headers.get('repr-digest')).toBeNull()
    expect(await whole.text()).toBe(body)
    const part = await fetch(`${writing.url}${path}`, { headers: { range: 'bytes=4-9' } })
    expect([part.status, await part.text()]).toEqual([206, 'secret'])
    const refused = await fetch(`${reading.url}${path}`)
    expect(refused.status).toBe(403)
    const problem = (await refused.json()) as { code: string; detail: string }
    expect(problem.code).toBe('ERR_IDENTITY_NO_CONTENT_KEY')
    expect(JSON.stringify(problem)).not.toContain('the secret plan')
  })

  test('who comes later reads what follows, and what was before once a reader wraps it again', async () => {
    const { claude, admin } = await team()
    const before = { content: bytes('before'), encryptFor: 'architect' }
    const { record } = await claude.ucxi.put(addressOf(PLAN), before)
    now += 1000
    const late = await member(admin, { number: 4, name: 'dora', roles: ['architect'], rules })
    await late.mesh.join(claude.mesh.addresses[0] ?? '')
    await claude.ucxi.put(addressOf(PLAN), { content: bytes('after'), encryptFor: 'architect' })
    await claude.mesh.publish('claude@shop')
    expect(text((await late.ucxi.get(addressOf(PLAN))).content)).toBe('after')
    const first = addressOf(PLAN).replace('*^', '*~1')
    expect(await codeOf(late.ucxi.get(first))).toBe('ERR_IDENTITY_NO_CONTENT_KEY')
    await claude.ucxi.shareKey(
      record.encryption?.key ?? '',
      [recipientOf(late.identity)],
      addressOf(PLAN),
    )
    await claude.mesh.publish('claude@shop')
    expect(text((await late.ucxi.get(first)).content)).toBe('before')
  })

  test('who leaves the role reads nothing that is written after', async () => {
    const { claude, bob, admin } = await team()
    await claude.ucxi.put(addressOf(PLAN), { content: bytes('one'), encryptFor: 'architect' })
    const { record: first } = await claude.ucxi.resolve(addressOf(PLAN))
    now += 1000
    admin.revoke({ did: bob.identity.did, reason: 'left' })
    const view = createClusterView({ cluster: admin.cluster, statements: admin.view.statements() })
    now += 1000
    const ring = createKeyRing({ identity: claude.identity, now: clock })
    const contents = { ring, recipientsOf: (role: string) => view.recipientsOf(role, now) }
    const after = createUcxi({ store: claude.store, contents, now: clock })
    const { record: second } = await after.put(addressOf(PLAN), {
      content: bytes('two'),
      encryptFor: 'architect',
    })
    expect(second.encryption?.key).not.toBe(first.encryption?.key)
    const wrapped = await claude.store.get(
      `ucxl://claude:architect@shop:checkout/*^/.keys/${second.encryption?.key}.json`,
    )
    const bobs = createKeyRing({ identity: bob.identity, now: clock })
    expect(await bobs.add(JSON.parse(text(wrapped.content)))).toBe(false)
  })

  test('a content that was swapped, moved or downgraded is refused, never shown as garbage', async () => {
    const { claude } = await team()
    const put = async (path: string, content: string): Promise<unknown> =>
      claude.ucxi.put(addressOf(`claude:architect@shop:checkout/${path}`), {
        content: bytes(content),
        encryptFor: 'architect',
      })
    await put('a', 'for a')
    const { record } = await claude.ucxi.resolve(addressOf('claude:architect@shop:checkout/a'))
    const sealed = (await claude.store.content(record.content ?? '')) ?? bytes('')
    const write = async (
      path: string,
      content: Uint8Array,
      encryption?: object,
    ): Promise<string> => {
      const address = addressOf(`claude:architect@shop:checkout/${path}`)
      await claude.store.put({
        address,
        content,
        ...(encryption && { encryption: encryption as never }),
      })
      return codeOf(claude.ucxi.get(address))
    }
    expect(await write('b', sealed, record.encryption)).toBe('ERR_IDENTITY_CONTENT')
    expect(await write('c', sealed)).toBe('ERR_IDENTITY_CONTENT_DOWNGRADE')
    expect(await write('d', bytes('plain'), record.encryption)).toBe(
      'ERR_IDENTITY_CONTENT_DOWNGRADE',
    )
    const changed = sealed.slice()
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(await write('a', changed, record.encryption)).toBe('ERR_IDENTITY_CONTENT')
  })
})
