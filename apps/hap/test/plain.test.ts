import { expect, test } from 'vitest'
import { plain, visibleLines, visibleText } from '../src/plain.ts'

test('a text of others steers no terminal', () => {
  const evil = 'a\u{1b}[2Jb\u{9b}c\u{202e}d\re\ttab\nline \u{feff}日本'
  expect(visibleText(evil)).toBe('a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\ttab\nline \u{fffd}日本')
  expect(visibleLines('one\r\ntwo\u{7}')).toEqual(['one', 'two\u{fffd}'])
  expect(plain(evil)).not.toMatch(/\p{Cc}|\p{Cf}/u)
  expect(plain('x'.repeat(1000)).length).toBeLessThan(600)
})
