import { describe, expect, test } from 'vitest'
import { keysOf, type Pressed } from '../../src/terminal/keys.ts'
import { Pace } from '../../src/terminal/pace.ts'
import { Prompt } from '../../src/terminal/prompt.ts'
import { Scroll } from '../../src/terminal/scroll.ts'

const none: Pressed = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
}

describe('keys', () => {
  test('have one name each, however the terminal tells them', () => {
    expect(keysOf('', { ...none, upArrow: true })).toEqual(['up'])
    expect(keysOf('', { ...none, tab: true, shift: true })).toEqual(['shift-tab'])
    expect(keysOf('d', { ...none, ctrl: true })).toEqual(['ctrl-d'])
    expect(keysOf('x', { ...none, meta: true })).toEqual([])
    expect(keysOf('G', { ...none, shift: true })).toEqual(['G'])
  })

  test('that came at once are taken one by one', () => {
    expect(keysOf('jj\rä你\u0001', none)).toEqual(['j', 'j', 'enter', 'ä', '你'])
  })
})

describe('a line that is typed', () => {
  function typed(
    keys: readonly string[],
    init: Partial<ConstructorParameters<typeof Prompt>[0]> = {},
  ) {
    const seen: string[] = []
    const entered: string[] = []
    const prompt = new Prompt({
      label: ':',
      onChange: (text) => seen.push(text),
      onEnter: (text) => entered.push(text),
      ...init,
    })
    const ends = keys.map((key) => prompt.press(key))
    return { prompt, seen, entered, isOver: ends.at(-1) }
  }

  test('is told of as it grows, and entered', () => {
    const { seen, entered, isOver } = typed(['a', '你', 'enter'])
    expect(seen).toEqual(['a', 'a你'])
    expect(entered).toEqual(['a你'])
    expect(isOver).toBe(true)
  })

  test('is edited in the middle, by whole signs', () => {
    const { prompt } = typed([
      'a',
      '👍',
      'b',
      'left',
      'left',
      'x',
      'delete',
      'end',
      'c',
      'home',
      'y',
    ])
    expect(prompt.text).toBe('yaxbc')
    const words = typed([...Array.from('one two'), 'ctrl-w', '3'])
    expect(words.prompt.text).toBe('one 3')
    expect(typed(['a', 'b', 'c', 'left', 'ctrl-u']).prompt.text).toBe('c')
  })

  test('ends with Esc, and with Backspace where nothing is left', () => {
    let escaped = 0
    const onEscape = (): void => void escaped++
    expect(typed(['a', 'escape'], { onEscape }).isOver).toBe(true)
    expect(typed(['a', 'backspace'], { onEscape }).isOver).toBe(false)
    expect(typed(['a', 'backspace', 'backspace'], { onEscape }).isOver).toBe(true)
    expect(escaped).toBe(2)
  })

  test('is completed as far as all choices agree, then one after the other', () => {
    const all = ['ada:author', 'ada:auditor', 'bob:coder']
    const complete = (text: string): string[] => all.filter((one) => one.startsWith(text))
    const { prompt } = typed(['a', 'tab'], { complete })
    expect(prompt.text).toBe('ada:au')
    prompt.press('tab')
    expect(prompt.text).toBe('ada:author')
    prompt.press('tab')
    expect(prompt.text).toBe('ada:auditor')
    prompt.press('shift-tab')
    expect(prompt.text).toBe('ada:author')
    expect(typed(['b', 'tab'], { complete }).prompt.text).toBe('bob:coder')
  })

  test('takes what is pasted on one line, and without what a terminal would obey', () => {
    const { prompt } = typed([])
    prompt.paste(' one\r\n  two\u001b[2J ')
    expect(prompt.text).toBe('one two␛[2J')
    prompt.paste('x'.repeat(5000))
    expect(prompt.text).toHaveLength(11)
  })
})

describe('scrolling', () => {
  test('keeps the chosen row in sight', () => {
    const scroll = new Scroll()
    expect(scroll.window(10, 100)).toEqual([0, 10])
    for (let step = 0; step < 12; step++) scroll.press('j', 100)
    expect(scroll.window(10, 100)).toEqual([3, 13])
    scroll.press('G', 100)
    expect(scroll.window(10, 100)).toEqual([90, 100])
    expect(scroll.cursor).toBe(99)
    scroll.press('page-up', 100)
    expect(scroll.cursor).toBe(90)
    scroll.press('ctrl-u', 100)
    expect(scroll.cursor).toBe(85)
    scroll.press('g', 100)
    expect(scroll.window(10, 100)).toEqual([0, 10])
  })

  test('of a text ends where its end is seen', () => {
    const scroll = new Scroll({ isText: true })
    scroll.window(10, 15)
    scroll.press('G', 15)
    expect(scroll.window(10, 15)).toEqual([5, 15])
    expect(scroll.window(20, 15)).toEqual([0, 15])
  })

  test('stays within a list that became shorter, and in an empty one', () => {
    const scroll = new Scroll()
    scroll.press('G', 100)
    expect(scroll.window(10, 4)).toEqual([0, 4])
    expect(scroll.cursor).toBe(3)
    expect(scroll.window(10, 0)).toEqual([0, 0])
    expect(scroll.press('j', 0)).toBe(true)
    expect(scroll.cursor).toBe(0)
  })
})

test('what is asked for often happens at once, and once more after a rest', () => {
  const timers: (() => void)[] = []
  let count = 0
  const pace = new Pace(
    (run) => {
      timers.push(run)
      return () => void timers.splice(timers.indexOf(run), 1)
    },
    100,
    () => void count++,
  )
  pace.ask()
  pace.ask()
  pace.ask()
  expect(count).toBe(1)
  timers.shift()?.()
  expect(count).toBe(2)
  timers.shift()?.()
  expect(count).toBe(2)
  expect(timers).toEqual([])
})
