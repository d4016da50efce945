/**
 * A key that was pressed: a sign as it is (`j`, `G`, `ä`), or a name: `enter`, `escape`, `tab`,
 * `shift-tab`, `backspace`, `delete`, `up`, `down`, `left`, `right`, `home`, `end`, `page-up`,
 * `page-down`, `ctrl-d`.
 */
export type Key = string

/** What the terminal's library says of a key. */
export interface Pressed {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageDown: boolean
  readonly pageUp: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly ctrl: boolean
  readonly shift: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly meta: boolean
}

const NAMES: readonly (readonly [keyof Pressed, Key])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'page-down'],
  ['pageUp', 'page-up'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
]

const SIGNS: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
}

/** The keys of one input: one, or several where somebody types faster than is read. */
export function keysOf(input: string, pressed: Pressed): Key[] {
  if (pressed.tab) return [pressed.shift ? 'shift-tab' : 'tab']
  for (const [flag, name] of NAMES) if (pressed[flag]) return [name]
  if (pressed.ctrl) return input === '' ? [] : [`ctrl-${input.toLowerCase()}`]
  // Alt with a letter does nothing here, and must not be taken for the letter.
  if (pressed.meta) return []
  return Array.from(input).flatMap((sign) => {
    const name = SIGNS[sign]
    if (name !== undefined) return [name]
    return sign < ' ' ? [] : [sign]
  })
}

/** True for a key that writes something. */
export function isSign(key: Key): boolean {
  return Array.from(key).length === 1
}
