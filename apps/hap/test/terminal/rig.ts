import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInbox, type Inbox } from '@bzzz/inbox'
import { DEFAULTS, openHome, participantSchema, type Home } from '@bzzz/runtime'
import { onTestFinished } from 'vitest'
import { plainOf, widthOf } from '@bzzz/runtime/terminal'
import { createPortal } from '../../src/terminal/create-portal.ts'
import { drawFrame } from '../../src/terminal/frame.ts'
import { openSource, type OpenSource } from '../../src/terminal/open-source.ts'
import type { Portal } from '../../src/terminal/portal.ts'
import { selfOf } from '../../src/person.ts'

export const START = Date.UTC(2025, 7, 8, 12)
export const DAY = 86_400_000

export interface Rig {
  readonly portal: Portal
  readonly source: OpenSource
  /** The inbox of an agent that shares the store. */
  readonly agent: Inbox
  /** What the editor makes of a text. */
  readonly editor: { edit: (text: string) => Promise<string> }
  readonly clock: { now: number }
  /** Presses keys, each a name or a sign; a text in angle brackets is typed sign by sign. */
  readonly press: (...keys: string[]) => Promise<void>
  /** The screen, as soon as nothing is under way any more. */
  readonly screen: () => Promise<string>
  /** The screen, as soon as it has something. */
  readonly until: (wanted: string | RegExp) => Promise<string>
  readonly put: (path: string, text: string, contentType?: string) => Promise<void>
}

/** A portal on a home of its own, without a terminal and without a mesh. */
export async function rig({
  prepare,
}: { readonly prepare?: (home: Home) => Promise<unknown> } = {}): Promise<Rig> {
  const home = mkdtempSync(join(tmpdir(), 'bzzz-portal-'))
  const clock = { now: START }
  const now = (): number => clock.now
  const configuration = participantSchema(DEFAULTS.human).parse({
    home,
    name: 'ada',
    about: { roles: ['lead'] },
  })
  const self = selfOf(configuration, { user: 'somebody' })
  if (prepare) {
    const before = await openHome(home, { now })
    await prepare(before)
    await before.close()
  }
  const source = await openSource({ configuration, version: '0', self, now, schedule, alone: true })
  const editor = { edit: async (text: string): Promise<string> => text }
  const portal = createPortal({ source, now, schedule, edit: async (text) => editor.edit(text) })
  const agent = createInbox({ store: source.store, self: { name: 'builder', roles: ['coder'] } })
  const unwatch = source.store.watch((changes) => portal.onChanges(changes))
  const waiting = new Set<() => void>()
  portal.onDraw = () => {
    for (const look of waiting) look()
  }
  onTestFinished(async () => {
    unwatch()
    portal.stop()
    agent.close()
    await source.close()
    rmSync(home, { recursive: true })
  })
  portal.start()

  const room = { width: 80, height: 24 }
  const seen = (): string =>
    drawFrame(portal, room)
      .lines.map((spans) => {
        const text = plainOf(spans)
        // Whatever is shown: nothing that a terminal would obey.
        if (/[\p{Cc}\p{Cf}]/u.test(text))
          throw new Error(`Not to be shown: ${JSON.stringify(text)}`)
        if (widthOf(text) !== room.width) throw new Error(`A line of another width: ${text}`)
        return text.trimEnd()
      })
      .join('\n')

  async function when(isThere: (screen: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const screen = seen()
        if (!isThere(screen)) return
        waiting.delete(look)
        clearTimeout(timer)
        resolve(screen)
      }
      const timer = setTimeout(() => reject(new Error(`It did not come:\n${seen()}`)), 10_000)
      waiting.add(look)
      look()
    })
  }

  const screen = async (): Promise<string> => when(() => portal.work.of(portal.view) === undefined)

  return {
    portal,
    source,
    agent,
    editor,
    clock,
    async press(...keys) {
      for (const key of keys) {
        const text = /^<(.*)>$/.exec(key)?.[1]
        for (const one of text === undefined ? [key] : Array.from(text)) portal.press(one)
        await screen()
      }
    },
    screen,
    until: async (wanted) =>
      when((shown) => (typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown))),
    async put(path, text, contentType = 'text/markdown') {
      const address = `ucxl://ada:author@shop:checkout/${path}`
      await source.store.put({ address, content: Buffer.from(text), contentType })
    },
  }
}

function schedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
