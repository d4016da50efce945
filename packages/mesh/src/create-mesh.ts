import { randomBytes } from 'node:crypto'
import type { Provider } from '@bzzz/dht'
import { ADMISSION_PROTOCOL, AdmissionServer, MAX_ADMISSION_BYTES } from './admission/admission.ts'
import { assertFacetKey } from './facets.ts'
import { HelloGate } from './join/hello-gate.ts'
import { Instances } from './instances.ts'
import { manifestRules, type Head } from './manifest.ts'
import { Membership } from './membership.ts'
import type { MeshInit } from './mesh-init.ts'
import { MeshNode } from './mesh-node.ts'
import type { Mesh } from './mesh.ts'
import type { StartNetworkNode } from './network-node.ts'
import { PresenceBook } from './presence.ts'
import { Reputation } from './reputation.ts'
import type { HeadTuple } from './reconcile/comparing.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from './sync-messages.ts'
import { SyncClient } from './sync-client.ts'
import { serveSync } from './sync-server.ts'
import { timingOf } from './timing.ts'

const DEFAULT_LISTEN = ['/ip4/127.0.0.1/tcp/0']

/** Starts a node of the mesh. @throws `ERR_MESH_LISTEN` where it cannot listen. */
export async function createMesh(init: MeshInit): Promise<Mesh> {
  // libp2p is most of what there is to load: it is not for who only imports this package.
  const { startNode } = await import('./libp2p/node.ts')
  return createMeshOn(startNode, init)
}

/** Knows this run of the node from others with its key, and asks over the connections of those. */
function instancesOf(
  init: MeshInit,
  { membership, presence }: { readonly membership: Membership; readonly presence: PresenceBook },
): Instances {
  const { now, schedule } = timingOf(init)
  const own = { id: init.instance ?? randomBytes(16).toString('hex'), since: now() }
  let isTold = false
  return new Instances({
    identity: init.identity,
    own,
    now,
    schedule,
    inquire: async (channel, inquiry, signal) => {
      const beside = await channel.beside?.({ signal })
      if (!beside) return undefined
      const client = new SyncClient(beside)
      const said = { about: presence.about, instance: own, ...inquiry, signal }
      try {
        return (await client.hello(membership.hello(), said)).proof
      } finally {
        client.close()
      }
    },
    onTwice: ({ since }) => {
      if (!isTold) init.onEvent?.({ type: 'twice', since })
      isTold = true
    },
  })
}

/** Starts a node on a network that is given: libp2p's, or a simulated one. */
export async function createMeshOn(start: StartNetworkNode, init: MeshInit): Promise<Mesh> {
  // Others may say hello before the node is whole.
  const mesh = Promise.withResolvers<MeshNode>()
  const onHello = (peer: string): void => void mesh.promise.then((node) => node.welcome(peer))
  const onStatements = (peer: string): void => void mesh.promise.then((node) => node.passOn(peer))
  const emit = init.onEvent ?? (() => {})
  const reputation = new Reputation({
    now: init.now ?? Date.now,
    emit,
    hangUp: (peer) => void mesh.promise.then((whole) => whole.hangUp(peer)),
  })
  const onRefused = (peer: string, error: unknown): void =>
    reputation.tell({ type: 'refused', peer, key: '', error })
  const membership = new Membership({
    cluster: init.cluster,
    self: init.identity.did,
    now: init.now ?? Date.now,
    emit,
  })
  const presence = new PresenceBook({ about: init.about, now: timingOf(init).now, membership })
  const instances = instancesOf(init, { membership, presence })
  const gate = new HelloGate(timingOf(init).now)
  const admit = (peer: string): boolean => gate.admit(peer)
  const providersOf = async (key: string): Promise<readonly Provider[]> => {
    assertFacetKey(key)
    return mesh.promise.then((whole) => whole.knownProviders(key))
  }
  const hold = async (peer: string, heads: readonly Head[]): Promise<void> =>
    (await mesh.promise).hold(peer, heads)
  const onOffer = async (peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> =>
    (await mesh.promise).offered(peer, heads)
  const takes = async (): Promise<readonly string[]> => (await mesh.promise).takes()
  const onComparing = (peer: string): void => void mesh.promise.then((node) => node.comparing(peer))
  const told = {
    onHello,
    onStatements,
    onRefused,
    onComparing,
    instances,
    admit,
    presence,
    providersOf,
  }
  const serving = { store: init.store, membership, ...told, hold, onOffer, takes }
  const onFound = (peer: string, addresses: readonly string[]): void =>
    void mesh.promise.then((node) => node.found(peer, addresses))
  const { admission } = init
  const admitting =
    admission &&
    new AdmissionServer({
      open: admission,
      schedule: timingOf(init).schedule,
      // Whoever was invited too late tells no lie.
      onRefused: (peer, error) => emit({ type: 'refused', peer, key: 'cluster', error }),
    })
  const node = await start({
    identity: init.identity,
    listen: init.listen ?? DEFAULT_LISTEN,
    rules: { ucxl: manifestRules((manifest) => membership.assertMayAnnounce(manifest)) },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async (channel) => serveSync(channel, serving),
    ...(admitting && {
      side: {
        protocol: ADMISSION_PROTOCOL,
        maxMessageBytes: MAX_ADMISSION_BYTES,
        serve: async (channel) => admitting.serve(channel),
      },
    }),
    mayConnect: (peer) => !reputation.isCutOff(peer),
    onExcess: (peer) => reputation.excess(peer, `${peer} provides more than one node may`),
    ...(init.mdns && { onFound }),
    gossip: {
      now: init.now ?? Date.now,
      schedule: timingOf(init).schedule,
      mayHear: (peer) => membership.isMember(peer),
      // Gossip counts for itself.
      onRefused: (peer, error) => emit({ type: 'refused', peer, key: '', error }),
      onCutOff: (peer) => reputation.cutOff(peer),
    },
  })
  const whole = new MeshNode({ node, init, membership, presence, reputation, instances })
  mesh.resolve(whole)
  await whole.start()
  return whole
}
