import {
  cut,
  fitLine,
  line,
  plainOf,
  span,
  spread,
  visible,
  widthOf,
  wrap,
  type Line,
} from '@bzzz/runtime/terminal'
import type { Portal } from './portal.ts'
import type { Prompt } from './prompt.ts'
import type { Room } from './stage.ts'

/** The smallest terminal that everything is sure to fit into. */
const SMALLEST: Room = { width: 80, height: 24 }

/** Lines that an error may take. */
const SAID = 4

/** A whole screen: exactly as many lines as it has, each as wide as it is. */
export interface Frame {
  readonly lines: readonly Line[]
  /** Where the terminal's own cursor is, where something is typed. */
  readonly cursor?: { readonly x: number; readonly y: number }
}

/** Draws all: tabs, title, the view, what is said, and the keys or what is typed. */
export function drawFrame(portal: Portal, room: Room): Frame {
  const { width, height } = room
  if (width < SMALLEST.width || height < SMALLEST.height) return tooSmall(room)
  const { view, prompt } = portal
  const body = { width, height: height - 5 }
  const drawn = view.draw(body)
  const said = saidOf(portal, width)
  const lines = [
    tabsOf(portal, width),
    titleOf(portal, width),
    line('─'.repeat(width), 'dim'),
    ...Array.from({ length: body.height + 1 - said.length }, (_, row) =>
      fitLine(drawn[row] ?? [], width),
    ),
    ...said,
    keysOf(portal, width),
  ]
  if (!prompt || portal.question) return { lines }
  const typed = typedOf(prompt, width)
  return { lines: [...lines.slice(0, -1), typed.line], cursor: { x: typed.x, y: height - 1 } }
}

function tooSmall({ width, height }: Room): Frame {
  const says = `bzzz-hap needs ${SMALLEST.width}×${SMALLEST.height}; this terminal has ${width}×${height}.`
  const lines = [line(says), line('Make it larger, or press q to leave.')]
  return { lines: lines.slice(0, height).map((one) => fitLine(one, width)) }
}

function tabsOf({ tabs, tab, source }: Portal, width: number): Line {
  const names = tabs.map(({ name, count }, at) => {
    const waiting = count?.() ?? 0
    const text = `${at + 1} ${name}${waiting > 0 ? ` (${waiting})` : ''}`
    return at === tab ? span(`[${text}]`, 'chosen') : span(` ${text} `)
  })
  const { mesh } = source.standing
  const peers = source.peers().length
  const standing = {
    joining: span('joining …', 'warn'),
    joined: span(`mesh: ${peers} ${peers === 1 ? 'peer' : 'peers'}`, 'good'),
    alone: span('no mesh', 'warn'),
  }[mesh]
  return spread(names, [standing, span(' ')], width)
}

function titleOf({ stack, view, moment }: Portal, width: number): Line {
  // When it is full, where one came from gives way to where one is.
  const path = stack.slice(0, -1).map(({ title }) => cut(title, 16))
  const at =
    moment === undefined ? '' : `AS OF ${new Date(moment).toISOString().replace(/\.000Z$/, 'Z')}`
  const note = [view.note, at].filter((part) => part !== '').join('  ')
  const room = width - widthOf(note) - 2
  const full = [...path, view.title].join(' › ')
  const text = widthOf(full) <= room ? full : view.title
  const right = moment === undefined ? span(note, 'dim') : span(note, 'warn')
  return spread([span(` ${text}`, 'title')], [right, span(' ')], width)
}

/** What is said: a line, or a few where it is an error that needs them. */
function saidOf(portal: Portal, width: number): readonly Line[] {
  const { said, question, prompt } = portal
  if (!said || question || prompt) return [statusOf(portal, width)]
  const lines = wrap(visible(said.text), width - 2).slice(0, SAID)
  return lines.map((text) => fitLine([span(` ${text}`, said.tone)], width))
}

function statusOf(portal: Portal, width: number): Line {
  const { work, view, question, source } = portal
  if (question) return fitLine([span(` ${visible(question.text)} (y/n)`, 'warn')], width)
  if (portal.prompt && portal.prompt.choices.length > 0) return choicesOf(portal.prompt, width)
  const under = work.of(view)
  if (under !== undefined) return fitLine([span(` ${under}`, 'key')], width)
  const { reason } = source.standing
  return fitLine([span(reason === undefined ? '' : ` ${visible(reason)}`, 'dim')], width)
}

/** The choices as far as they fit, beginning so that the chosen one is among them. */
function choicesOf({ choices, chosen }: Prompt, width: number): Line {
  const spans = [span(' ')]
  let room = width - 6
  for (let at = Math.max(0, chosen); at < choices.length; at++) {
    const text = choices[at] ?? ''
    // The part that is new; the whole is being typed below.
    const short = at === chosen || choices.length === 1 ? text : text.replace(/^.*[:@/](?=.)/, '')
    room -= widthOf(short) + 2
    if (room < 0) return fitLine([...spans, span('…', 'dim')], width)
    spans.push(span(short, at === chosen ? 'chosen' : 'plain'), span('  '))
  }
  return fitLine(spans, width)
}

function keysOf({ view, question }: Portal, width: number): Line {
  if (question) return fitLine([span(' y yes   any other key no', 'key')], width)
  const everywhere = [':', 'jump'] as const
  const shown = [...view.keys, everywhere, ['?', 'help'] as const, ['q', 'quit'] as const]
  const spans = shown.flatMap(([key, does]) => [span(` ${key}`, 'key'), span(` ${does} `, 'dim')])
  if (widthOf(plainOf(spans)) <= width) return fitLine(spans, width)
  // Help is what leads to all the others.
  return spread(spans, [span('? ', 'key'), span('help ', 'dim')], width)
}

function typedOf({ label, text, cursor }: Prompt, width: number): { line: Line; x: number } {
  const before = ` ${label}`
  const room = width - widthOf(before) - 1
  const left = text.slice(0, cursor)
  // Long ones are shown around the cursor.
  let skipped = 0
  while (widthOf(left.slice(skipped)) > room) skipped += 1
  const shown = [span(before, 'key'), span(text.slice(skipped))]
  return { line: fitLine(shown, width), x: widthOf(before) + widthOf(left.slice(skipped)) }
}
