import type { Self } from '@bzzz/inbox'
import type { ParticipantConfiguration } from '@bzzz/runtime'
import { isColourless } from '@bzzz/runtime/terminal'
import { edit } from '../editor.ts'
import { createPortal } from './create-portal.ts'
import { openSource } from './open-source.ts'
import type { Portal } from './portal.ts'
import { showScreen } from './screen.ts'

export interface StartInit {
  readonly configuration: ParticipantConfiguration
  readonly version: string
  /** How addresses name the person. */
  readonly self: Self
  /** Stays on the home's store, without a mesh. */
  readonly alone: boolean
  readonly now: () => number
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

type Suspend = (work: () => Promise<void>) => Promise<void>

const SECOND = 1000

/** Shows the portal on a terminal until the person leaves. */
export async function startPortal(init: StartInit): Promise<void> {
  const { configuration, version, self, alone, now, stdin, stdout, environment, signal } = init
  const shown: { portal?: Portal; suspend?: Suspend } = {}
  const source = await openSource({
    configuration,
    version,
    self,
    alone,
    now,
    schedule,
    onStanding: () => shown.portal?.redraw(),
  })
  const portal = createPortal({
    source,
    now,
    schedule,
    edit: async (text) => {
      let edited = text
      await shown.suspend?.(async () => {
        edited = await edit(text, { environment })
      })
      return edited
    },
  })
  shown.portal = portal
  const unwatch = source.store.watch((changes) => portal.onChanges(changes))
  const clock = setInterval(() => portal.onSecond(), SECOND)
  portal.start()
  const lend = (suspend: Suspend): void => {
    shown.suspend = suspend
  }
  try {
    const shownOn = { stdin, stdout, isColourless: isColourless(environment) }
    await showScreen({ portal, ...shownOn, lend }, signal)
  } finally {
    clearInterval(clock)
    unwatch()
    portal.stop()
    await source.close()
  }
}

function schedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
