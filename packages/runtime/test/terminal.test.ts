import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadedBy } from '../../../test/imports.ts'
import {
  column,
  cut,
  cutLine,
  fit,
  fitEnd,
  fitLine,
  isColourless,
  linesOf,
  plainOf,
  span,
  spread,
  visible,
  widthOf,
  wrap,
} from '../src/terminal.ts'

describe('what is shown', () => {
  test('has no control characters left, whatever came in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const line of linesOf(text)) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        }
      }),
    )
  })

  test('says which ones there were', () => {
    expect(visible('a\u001b[31mred\u001b]0;title\u0007')).toBe('a␛[31mred␛]0;title␇')
    expect(visible('\u007f\u009b2J')).toBe('␡‹9B›2J')
    expect(visible('abc\u202edcb')).toBe('abc‹202E›dcb')
    expect(linesOf('one\r\ntwo\rthree')).toEqual(['one', 'two␍three'])
  })

  test('has tabs as spaces, up to the next column of four', () => {
    expect(visible('a\tb\tccccc\td')).toBe('a   b   ccccc   d')
  })

  test('takes apart what terminals draw in different widths', () => {
    expect(visible('👨‍👩‍👧 👍🏽 ❤️ 🇩🇪')).toBe('👨👩👧 👍 ❤ DE')
    expect(visible('e\u0301')).toBe('é')
  })
})

describe('widths', () => {
  test('are those of a terminal', () => {
    expect(widthOf('abc')).toBe(3)
    expect(widthOf('你好')).toBe(4)
    expect(widthOf('👍')).toBe(2)
    expect(widthOf('a\u0308\u0323')).toBe(1)
    expect(widthOf('│─…')).toBe(3)
  })

  test('are kept when a text is cut, filled or wrapped', () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 120 })
      .map((text) => linesOf(text)[0] ?? '')
    fc.assert(
      fc.property(line, fc.integer({ min: 3, max: 60 }), (text, width) => {
        expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width)
        expect(widthOf(fit(text, width))).toBe(width)
        expect(widthOf(fitEnd(text, width))).toBe(width)
        for (const piece of wrap(text, width)) expect(widthOf(piece)).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('wrapping loses no word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z你好]{1,30}$/), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 4, max: 40 }),
        (words, width) => {
          const text = words.join(' ')
          expect(wrap(text, width).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        },
      ),
    )
    expect(wrap('a word or two', 8)).toEqual(['a word', 'or two'])
  })

  test('a line as long as a whole content is wrapped in no time that grows with its square', () => {
    expect(wrap('x'.repeat(1_000_000), 100)).toHaveLength(10_000)
  })

  test('a text is cut where there is no room left, also for half of a sign', () => {
    expect([cut('阶段阶段', 5), cut('abc', 3), cut('abcd', 3), cut('x', 0)]).toEqual([
      '阶段…',
      'abc',
      'ab…',
      '',
    ])
  })

  test('a column has its text on one side, whatever came in', () => {
    expect([column('ab', 4), column('ab', 4, 'right'), column('a\u001b[2J', 4)]).toEqual([
      'ab  ',
      '  ab',
      'a␛[…',
    ])
  })

  test('the end of a name is what stays', () => {
    expect(fitEnd('ada:author@shop:checkout/plan.md', 12)).toBe('…out/plan.md')
    expect(fitEnd('short', 8)).toBe('short   ')
  })
})

describe('a line', () => {
  const parts = fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 6 })

  test('is never wider than there is room, and has nothing in it that is not shown', () => {
    fc.assert(
      fc.property(parts, parts, fc.integer({ min: 0, max: 60 }), (left, right, width) => {
        const [one, other] = [left, right].map((texts) => texts.map((text) => span(text, 'good')))
        const lines = [cutLine(one!, width), fitLine(one!, width), spread(one!, other!, width)]
        const [cutOne, ...fitted] = lines.map(plainOf)
        expect(widthOf(cutOne!)).toBeLessThanOrEqual(width)
        for (const text of fitted) expect(widthOf(text)).toBe(width)
        for (const text of [cutOne, ...fitted]) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
    )
  })

  test('keeps the tones of its pieces, and ends where it was cut', () => {
    const whole = [span('done ', 'dim'), span('12', 'bad'), span(' of 20')]
    expect(cutLine(whole, 6)).toEqual([span('done ', 'dim'), span('…', 'bad')])
    expect(fitLine(whole, 15)).toEqual([...whole, span('  ')])
    expect(plainOf(spread(whole, [span('left')], 20))).toBe('done 12 of 20   left')
  })
})

test('no colours are wanted where NO_COLOR is set to anything', () => {
  expect([{}, { NO_COLOR: '' }, { NO_COLOR: '0' }].map(isColourless)).toEqual([false, false, true])
})

test('to write lines loads nothing that draws', () => {
  const { packages } = loadedBy(resolve(import.meta.dirname, '../src/terminal.ts'))
  expect([...packages]).toEqual(['get-east-asian-width'])
})
