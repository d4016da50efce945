import { CommandError } from '../command-error.ts'
import { temporalOf } from '../when.ts'
import type { Stage } from './stage.ts'

/** Asks for the moment that everything is shown at; nothing is now. */
export function askMoment(stage: Stage, set: (moment: number | undefined) => void): void {
  stage.ask({
    label: 'as of (2025-08-07, yesterday, 3 days ago; nothing: now) ',
    onEnter: (text) => {
      stage.try(() => {
        const moment = text.trim() === '' ? undefined : momentOf(text, stage.now())
        set(moment)
        stage.say(
          moment === undefined ? 'All is shown as it is.' : 'All is shown as it stood then.',
        )
      })
    },
  })
}

function momentOf(words: string, now: number): number {
  const moment = Date.parse(temporalOf(words, now))
  if (Number.isFinite(moment)) return moment
  throw new CommandError(
    'ERR_HAP_WHEN',
    `${JSON.stringify(words)} is no moment: try 2025-08-07, yesterday or 3 days ago`,
  )
}
