import { botIdentities, type Clock } from '@bzzz/bot-framework'
import { contentIdOf, createMemoryStore, type VersionRecord } from '@bzzz/context-store'
import { canonicalBytes, verifySignature } from '@bzzz/identity'
import {
  dhtKeyOf,
  encodeManifest,
  facetKeyOf,
  signManifest,
  startStranger,
  type Stranger,
} from '@bzzz/mesh/testing'
import type { MeshActor, MeshPeer, MeshStage } from '../roles/mesh.ts'
import { WRONG_ANSWER } from '../roles/node.ts'
import { MESH_ROLES } from '../roles/table.ts'
import type { Scenario } from '../scenario.ts'
import { createMeshCluster } from './mesh-cluster.ts'
import type { Making } from './mesh-making.ts'
import type { MeshSpec } from './spec.ts'
import type { Target } from './target.ts'

/** A closed cluster of nodes of this process, which talk over loopback. */
export async function meshTarget(
  { seed }: Scenario,
  spec: MeshSpec,
  init: { readonly clock: Clock; readonly making: Making },
): Promise<Target<MeshActor, MeshStage>> {
  const { clock, making } = init
  // Manifests and certificates are dated in whole milliseconds.
  const now = (): number => Math.floor(clock.now())
  const project = `testbot-${now().toString(36)}`
  const [admin, ...identities] = botIdentities(`testbot ${seed} mesh`, 1 + spec.nodes)
  const cluster = createMeshCluster({ project, admin: admin!, now, making })
  const nodes: MeshPeer[] = []
  try {
    for (const [place, identity] of identities.entries())
      nodes.push(await cluster.start(`node-${place + 1}`, identity))
  } catch (error) {
    await cluster.close()
    throw error
  }
  const strangers: Promise<Stranger>[] = []
  let actors = 0
  return {
    roles: MESH_ROLES,
    stage: (scene) => ({
      ...scene,
      nodes,
      project,
      now,
      spreadMs: spec.spreadMs,
      view: cluster.view,
      certify: cluster.certify,
      isMember: (did) => cluster.view.membershipsOf(did, now()).list.length > 0,
      enlist: async (who) => cluster.enlist(who),
      lawlessStore: (writer) => createMemoryStore({ writer, now }),
      didOf: cluster.didOf,
      isSigned,
      contentIdOf,
      dht: { keyOf: dhtKeyOf, facetKeyOf, encode: encodeManifest, sign: signManifest },
    }),
    actor: (part, stage) => {
      let own: Promise<Stranger> | undefined
      return {
        ...part,
        stage,
        home: nodes[actors++ % nodes.length]!,
        stranger: async (store) => {
          if (own) return own
          own = startStranger({ identity: part.context.identity, ...(store && { store }) })
          strangers.push(own)
          return own
        },
      }
    },
    verdicts: async ({ total: { errors } }) => {
      const apart = nodes.filter((node) => !meets(node, nodes)).map(({ name }) => name)
      const wrong = errors[WRONG_ANSWER] ?? 0
      return [
        {
          name: 'the nodes still talk to each other',
          ok: apart.length === 0,
          detail: apart.length === 0 ? 'yes' : `not ${apart.join(', ')}`,
        },
        { name: 'no answer was wrong', ok: wrong === 0, detail: `${wrong} answers` },
      ]
    },
    close: async () => {
      for (const stranger of await Promise.allSettled(strangers))
        if (stranger.status === 'fulfilled') await stranger.value.stop()
      await cluster.close()
    },
  }
}

/** Looked at by itself: what a node takes for signed is what is in question. */
function isSigned({ signature, ...signed }: VersionRecord): boolean {
  return verifySignature(signed.writer, canonicalBytes(signed), Buffer.from(signature, 'base64url'))
}

/** Whether a node has all the others for members that are here. */
function meets({ mesh }: MeshPeer, nodes: readonly MeshPeer[]): boolean {
  const present = new Set(mesh.presence().map(({ did }) => did))
  return nodes.every((node) => node.mesh === mesh || present.has(node.did))
}
