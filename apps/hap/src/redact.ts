import { EXIT } from '@bzzz/runtime'
import { CommandError } from './command-error.ts'
import { addressAt, ucxiOf } from './contexts.ts'
import type { Desk } from './desk.ts'

/**
 * Erases the content of a version for good, here and where it is followed; the record of it stays, and
 * says by whom and why.
 *
 * @returns 1 where the person thought better of it.
 */
export async function redactContext(
  text: string,
  { when, reason, yes = false }: { when?: string; reason: string; yes?: boolean },
  desk: Desk,
): Promise<number> {
  const { home, now, signal, say, confirm } = desk
  const version = await ucxiOf(desk).resolve(addressAt(text, when, now()), { signal })
  const { key, version: number, content, content_type: type, size } = version.record
  if (!yes) {
    if (!confirm)
      throw new CommandError('ERR_HAP_INPUT', 'What is erased does not come back: say --yes')
    say(`version ${number} of ${key}: ${type}, ${size} bytes, ${content}`)
    if (!(await confirm('Erase its content for good?'))) {
      say('Nothing was erased.')
      return EXIT.failed
    }
  }
  const pinned = addressAt(text, String(number), now())
  const redaction = await home.store.redact(pinned, reason, { signal })
  desk.result(redaction)
  say(`erased ${content}\nversion ${number} of ${key}`)
  return EXIT.done
}
