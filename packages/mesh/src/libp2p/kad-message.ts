import { hash } from 'node:crypto'
import { Record as DhtRecord } from '@libp2p/kad-dht'

/** The protocol of the DHT. */
export const KAD_PROTOCOL = '/ucxl/kad/1.0.0'

// kad-dht keeps its codec to itself: these are the fields of its `Message` that are used here.
const TYPE = 1
const KEY = 2
const RECORD = 3
const PROVIDERS = 9
/** Field 1 of a peer: its id; field 2: where it can be reached. */
const [PEER_ID, PEER_ADDRESS] = [1, 2]

const PUT_VALUE = 0
const GET_VALUE = 1
const ADD_PROVIDER = 2
const GET_PROVIDERS = 3

const encoder = new TextEncoder()

export function putValueMessage(key: string, value: Uint8Array): Uint8Array {
  const name = encoder.encode(key)
  const record = new DhtRecord(name, value, new Date(0)).serialize()
  return Buffer.concat([type(PUT_VALUE), field(KEY, name), field(RECORD, record.subarray())])
}

export function getValueMessage(key: string): Uint8Array {
  return Buffer.concat([type(GET_VALUE), field(KEY, encoder.encode(key))])
}

export function addProviderMessage(
  key: string,
  provider: { readonly id: Uint8Array; readonly address: Uint8Array },
): Uint8Array {
  const peer = Buffer.concat([field(PEER_ID, provider.id), field(PEER_ADDRESS, provider.address)])
  return Buffer.concat([type(ADD_PROVIDER), field(KEY, cidOf(key)), field(PROVIDERS, peer)])
}

export function getProvidersMessage(key: string): Uint8Array {
  return Buffer.concat([type(GET_PROVIDERS), field(KEY, cidOf(key))])
}

/** The value in an answer; undefined where there is none. */
export function valueIn(answer: Uint8Array): Uint8Array | undefined {
  const [record] = fieldsOf(answer, RECORD)
  return record && DhtRecord.deserialize(record).value
}

/** The ids of the providers in an answer, in bytes. */
export function providersIn(answer: Uint8Array): Uint8Array[] {
  return fieldsOf(answer, PROVIDERS).flatMap((peer) => fieldsOf(peer, PEER_ID))
}

/** CIDv1, raw, SHA-256 of the key's text: what provider entries stand under. */
function cidOf(key: string): Uint8Array {
  return Buffer.from([1, 0x55, 0x12, 32, ...hash('sha256', key, 'buffer')])
}

function type(value: number): Buffer {
  return Buffer.from([TYPE << 3, value])
}

/** A field of a protobuf message that holds bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

/** All fields of one number that hold bytes. @throws where the message is cut short. */
function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = []
  let place = 0
  const next = (): number => {
    for (let [value, shift] = [0, 0]; ; shift += 7) {
      const byte = message[place++]
      if (byte === undefined || shift > 28) throw new RangeError('A message that is cut short')
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (place < message.length) {
    const head = next()
    const value = next()
    if ((head & 7) !== 2) continue
    if (head >>> 3 === wanted) found.push(message.subarray(place, place + value))
    place += value
  }
  return found
}
