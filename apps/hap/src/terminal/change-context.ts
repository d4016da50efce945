import type { StoredVersion } from '@bzzz/context-store'
import { CommandError } from '../command-error.ts'
import { addressOf } from './say.ts'
import type { Source } from './source.ts'
import type { Stage, View } from './stage.ts'

// What a person does to a context, each with the way back.

/** Writes what an older version says again, once the person has said yes. */
export function restore(
  stage: Stage,
  view: View,
  { key, version }: { readonly key: string; readonly version: number },
): void {
  const what = `restore version ${version} of ${addressOf(key)}`
  stage.confirm(`Write version ${version} again, as the newest?`, () => {
    write(stage, view, { key, what, doing: 'Restoring' }, async (signal) =>
      stage.source.ucxi.restore(addressOf(key, version), { signal }),
    )
  })
}

/** Marks a context as deleted, once the person has said yes; its versions stay. */
export function remove(stage: Stage, view: View, key: string): void {
  const what = `delete ${addressOf(key)}`
  stage.confirm('Delete it? Its versions stay.', () => {
    write(stage, view, { key, what, doing: 'Deleting' }, async (signal) =>
      stage.source.ucxi.delete(addressOf(key), { signal }),
    )
  })
}

function write(
  stage: Stage,
  view: View,
  { key, what, doing }: { readonly key: string; readonly what: string; readonly doing: string },
  work: (signal: AbortSignal) => Promise<StoredVersion>,
): void {
  const { source } = stage
  stage.run(
    view,
    doing,
    async (signal) => {
      const before = await source.store.head(key, { signal })
      return { before, written: await work(signal) }
    },
    ({ before, written }) => {
      stage.did({ what, run: async (signal) => undoWrite(source, { before, written, signal }) })
      stage.say(`Version ${written.record.version} is written; u takes it back.`, 'good')
      view.wrote?.()
    },
  )
}

/**
 * Takes a write back: what stood before is written again, or deleted where nothing did.
 *
 * @throws `ERR_HAP_UNDO` where somebody has written since.
 */
async function undoWrite(
  source: Source,
  {
    before,
    written,
    signal,
  }: {
    readonly before: StoredVersion | undefined
    readonly written: StoredVersion
    readonly signal: AbortSignal
  },
): Promise<string> {
  const { key } = written.record
  const head = await source.store.head(key, { signal })
  if (head?.id !== written.id) {
    throw new CommandError(
      'ERR_HAP_UNDO',
      `${addressOf(key)} has changed since: look at it, and restore the version that you want`,
    )
  }
  if (!before || before.record.content === null) {
    const { record } = await source.ucxi.delete(addressOf(key), { ifMatch: [head.id], signal })
    return `Taken back: version ${record.version} deletes it.`
  }
  const { version } = before.record
  const { record } = await source.ucxi.restore(addressOf(key, version), { signal })
  return `Taken back: version ${record.version} says what version ${version} says.`
}
