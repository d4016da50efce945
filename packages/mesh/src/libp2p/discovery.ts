import type { PeerDiscovery } from '@libp2p/interface'
import { mdns } from '@libp2p/mdns'

/** Multicast DNS on the local network; found nodes are told, and nobody is dialled by libp2p. */
export function nearby(
  onFound: (peer: string, addresses: readonly string[]) => void,
): (components: Parameters<ReturnType<typeof mdns>>[0]) => PeerDiscovery {
  return (components) => {
    const discovery = mdns({ serviceTag: '_ucxl._udp.local' })(components)
    discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      onFound(
        id.toString(),
        multiaddrs.map((address) => address.toString()),
      )
    })
    return discovery
  }
}
