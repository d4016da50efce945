import { open, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { MeshError } from '../errors.ts'

/** Peers that are remembered, at most: those seen last stay. */
const MAX_KNOWN_PEERS = 64
/** Addresses that are remembered of one peer, at most. */
const MAX_KNOWN_ADDRESSES = 8
const MAX_ADDRESS_LENGTH = 256
// Each field at its bound, and the JSON around it.
const MAX_FILE_BYTES = 256 * 1024

const peerSchema = z.object({
  peer: z.string().min(1).max(128),
  addresses: z.array(z.string().min(1).max(MAX_ADDRESS_LENGTH)).min(1).max(MAX_KNOWN_ADDRESSES),
  seen: z.int().min(0),
})
const fileSchema = z.object({
  version: z.literal(1),
  peers: z.array(peerSchema).max(MAX_KNOWN_PEERS),
})

/** A peer that this node was joined with once. */
export interface KnownPeer {
  /** Its peer id. */
  readonly peer: string
  /** Multiaddrs at which it was reached or said that it can be. */
  readonly addresses: readonly string[]
  /** When it was joined last, in milliseconds since 1970. */
  readonly seen: number
}

/** Where a node keeps whom it knows, so that it finds the mesh again after a restart. */
export interface KnownPeers {
  /**
   * What was saved last; empty where nothing was.
   *
   * @throws `ERR_MESH_KNOWN_PEERS` where it cannot be read, once: what is damaged is set aside.
   */
  load(): Promise<readonly KnownPeer[]>
  /** Replaces what was saved: all of it or, on an error, nothing. */
  save(peers: readonly KnownPeer[]): Promise<void>
}

/**
 * Known peers in a JSON file: at most 64 with 8 addresses each. A write replaces the file as a whole,
 * so that a crash leaves the old or the new one. A file that is damaged, or larger than 256 KiB, is
 * renamed to `<path>.corrupt`, and the error of that one `load` says so.
 *
 * @param path where; its folder exists. One process at a time.
 */
export function fileKnownPeers(path: string): KnownPeers {
  return {
    async load() {
      const text = await read(path)
      if (text === undefined) return []
      try {
        return fileSchema.parse(JSON.parse(text)).peers
      } catch (cause) {
        const aside = `${path}.corrupt`
        await rename(path, aside)
        throw new MeshError(
          'ERR_MESH_KNOWN_PEERS',
          `The file of known peers is damaged and was set aside as ${aside}: this node finds the mesh by its bootstrap addresses`,
          { cause },
        )
      }
    },
    async save(peers) {
      const text = JSON.stringify({ version: 1, peers: bounded(peers) }, undefined, 2)
      const draft = `${path}.new`
      try {
        await write(draft, `${text}\n`)
        await rename(draft, path)
      } catch (cause) {
        await rm(draft, { force: true })
        throw new MeshError('ERR_MESH_KNOWN_PEERS', `Cannot write known peers to ${path}`, {
          cause,
        })
      }
    },
  }
}

/** The peers seen last, as many as are kept, and only such addresses as can be read again. */
export function bounded(peers: Iterable<KnownPeer>): KnownPeer[] {
  return [...peers]
    .map(({ peer, addresses, seen }) => ({
      peer,
      addresses: addresses
        .filter((address) => address.length <= MAX_ADDRESS_LENGTH)
        .slice(0, MAX_KNOWN_ADDRESSES),
      seen,
    }))
    .filter((known) => peerSchema.safeParse(known).success)
    .toSorted((a, b) => b.seen - a.seen || (a.peer < b.peer ? -1 : 1))
    .slice(0, MAX_KNOWN_PEERS)
}

/** The text of a file; undefined where there is none; nothing JSON where it is too large. */
async function read(path: string): Promise<string | undefined> {
  let file
  try {
    file = await open(path, 'r')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new MeshError('ERR_MESH_KNOWN_PEERS', `Cannot read known peers from ${path}`, { cause })
  }
  try {
    const bytes = new Uint8Array(MAX_FILE_BYTES + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytesRead > MAX_FILE_BYTES ? '' : new TextDecoder().decode(bytes.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

async function write(path: string, text: string): Promise<void> {
  // Who runs this node, and with whom it speaks, is nobody else's business.
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
