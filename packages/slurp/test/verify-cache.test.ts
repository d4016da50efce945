import { expect, test } from 'vitest'
import { createVerifier } from '../src/verify-cache.ts'
import { createAuthor, sent } from './author.ts'

test('what was verified is known again, and what was changed is verified anew', async () => {
  const verify = createVerifier()
  const { node } = sent(await createAuthor().publish('pay'))
  const verdict = await verify(node)
  expect(verdict).toMatchObject({ verified: true, proofs: [{ status: 'valid' }] })
  expect(await verify({ ...node })).toBe(verdict)
  expect(await verify({ ...node, title: 'Another' })).toMatchObject({
    verified: false,
    proofs: [{ status: 'invalid', reason: 'the signature does not hold for the document' }],
  })
})

test('it keeps no more than it may', async () => {
  const verify = createVerifier(1)
  const author = createAuthor()
  const [a, b] = [(await author.publish('a')).node, (await author.publish('b')).node]
  const first = await verify(a)
  await verify(b)
  expect(await verify(a)).not.toBe(first)
  expect(await verify(a)).toEqual(first)
})
