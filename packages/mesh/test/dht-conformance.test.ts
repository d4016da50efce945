import { dhtConformance } from '@bzzz/dht/conformance'
import { describe, test } from 'vitest'
import { startNetwork } from './network.ts'

describe('the DHT on libp2p', () => {
  for (const { name, run, skip } of dhtConformance(startNetwork)) {
    test.skipIf(skip)(name, run)
  }
})
