import { expect, it, vi } from 'vitest'
import { isAddress, parse } from '../src/index.ts'

it('tells an address from what only looks like one', () => {
  const address = parse('ucxl://a:b@c:d')
  expect(isAddress(address)).toBe(true)
  for (const other of [
    { ...address },
    structuredClone(address),
    'ucxl://a:b@c:d',
    null,
    undefined,
    1,
  ]) {
    expect(isAddress(other)).toBe(false)
  }
})

it('knows the addresses of another copy of the package', async () => {
  vi.resetModules()
  const copy = await import('../src/index.ts')
  expect(copy.parse).not.toBe(parse)
  expect(isAddress(copy.parse('ucxl://a:b@c:d'))).toBe(true)
})

it('writes an address out where a string is wanted, and its parts as JSON', () => {
  const address = parse('ucxl://a:b@c:d/x')
  expect(`${String(address)}!`).toBe('ucxl://a:b@c:d/*^/x!')
  expect(JSON.stringify(address)).toBe(
    '{"agent":"a","role":"b","project":"c","task":"d","temporal":{"kind":"latest"},"path":"x"}',
  )
})
