import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkMessage } from '../src/message.ts'
import type { Reply } from '../src/reply.ts'
import { standingOf } from '../src/standing.ts'

const reply = fc.record({
  kind: fc.constantFrom('answer', 'approved', 'rejected', 'seen'),
  content: fc.constantFrom('new', 'old'),
  name: fc.constantFrom('ada', 'eve', 'joe', 'bot'),
  time: fc.integer({ min: 0, max: 3 }),
})

const kinds = fc.constantFrom('question', 'proposal', 'message')

function repliesOf(drafts: { kind: Reply['kind']; content: string; name: string; time: number }[]) {
  return drafts.map(({ kind, content, name, time }, place): Reply => ({
    kind,
    content,
    time,
    to: 'x',
    version: 1,
    by: { name, role: name === 'bot' ? 'coder' : 'lead', did: name },
    key: `k${place}`,
    address: `a${place}`,
  }))
}

test('does not depend on the order in which replies come', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 8 }), kinds, fc.nat(), (drafts, kind, turn) => {
      const message = checkMessage({ kind, to: ['any:lead'], title: 'x', needs: 2 })
      const all = repliesOf(drafts)
      const turned = [...all.slice(turn % 8), ...all.slice(0, turn % 8)].toReversed()
      expect(standingOf(message, 'new', turned)).toEqual(standingOf(message, 'new', all))
    }),
  )
})

test('nobody counts who was not asked, or saw something else', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 8 }), kinds, (drafts, kind) => {
      const message = checkMessage({ kind, to: ['any:lead'], title: 'x' })
      const all = repliesOf(drafts)
      const foreign = all.filter(({ by, content }) => by.name === 'bot' || content === 'old')
      expect(standingOf(message, 'new', foreign)).toEqual({ status: 'open' })
    }),
  )
})
