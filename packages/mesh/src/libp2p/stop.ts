import type { Libp2p } from 'libp2p'

// What libp2p does not promise: where it is missing, a process ends a second later, as before.
const NOTE = '_updatePeerStoreAddresses'

interface Inside {
  readonly components?: {
    readonly addressManager?: { readonly [NOTE]?: { readonly stop?: () => void } }
  }
}

/**
 * Stops a node, and what it leaves for later: that it listens nowhere any more is noted a second after it has
 * stopped, and until then no process ends by itself.
 */
export async function stopNode(node: Libp2p): Promise<void> {
  await node.stop()
  const { components } = node as unknown as Inside
  components?.addressManager?.[NOTE]?.stop?.()
}
