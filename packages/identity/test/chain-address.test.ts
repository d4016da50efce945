import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axAddressOf, dxAddressOf, isChainAddress, parseChainAddress } from '../src/index.ts'
import { code, toHex } from './support.ts'

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('an address on a chain', () => {
  test('has the same hash on both chains, and says which chain it is of', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const [ax, dx] = [parseChainAddress(axAddressOf(key)), parseChainAddress(dxAddressOf(key))]
        expect([ax.chain, dx.chain]).toEqual(['ax', 'dx'])
        expect(toHex(ax.hash)).toBe(toHex(dx.hash))
        expect(ax.hash.length).toBe(32)
      }),
    )
  })

  test('in upper case is the same address', () => {
    const address = axAddressOf(new Uint8Array(32))
    expect(parseChainAddress(address.toUpperCase())).toEqual(parseChainAddress(address))
  })

  test('with any one character changed is none', () => {
    const characters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
    fc.assert(
      fc.property(keys, fc.nat(57), fc.nat(30), (key, place, step) => {
        const address = axAddressOf(key)
        const at = 3 + place
        const other = characters[(characters.indexOf(address[at]!) + 1 + step) % 32]
        expect(isChainAddress(address.slice(0, at) + other + address.slice(at + 1))).toBe(false)
      }),
    )
  })

  test('no text whatever fails in another way', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 50, maxLength: 70 }), (text) => {
        expect(() => parseChainAddress(`ax1${text}`)).toThrow(code('ERR_IDENTITY_ADDRESS'))
      }),
    )
  })

  test('of a key of a wrong size is refused', () => {
    for (const size of [0, 31, 33]) {
      expect(() => axAddressOf(new Uint8Array(size))).toThrow(code('ERR_IDENTITY_KEY'))
    }
  })
})
