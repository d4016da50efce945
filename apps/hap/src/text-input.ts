import { CommandError } from './command-error.ts'
import { wholeOf } from './contexts.ts'
import type { Desk } from './desk.ts'

/** Below this line nothing is read. */
const CUT = '---- 8< ---- What stands below is not part of it.'
const MAX_BYTES = 100_000

/**
 * A text: as given, with `-` or nothing what is piped in, and at a terminal what is written in an editor.
 *
 * @param note is shown in the editor below the text, for who writes.
 * @throws `ERR_HAP_INPUT` where there is none; `ERR_HAP_EDITOR`
 */
export async function textOf(
  text: string | undefined,
  desk: Pick<Desk, 'input' | 'edit'>,
  note: () => string,
  template = '',
): Promise<string> {
  if (text !== undefined && text !== '-') return text
  const isPiped = text === '-' || desk.input.isTTY !== true
  const whole = isPiped
    ? await piped(desk)
    : cut(await desk.edit(`${template}\n${CUT}\n\n${note()}\n`))
  if (whole.trim() === '') throw new CommandError('ERR_HAP_INPUT', 'Nothing was written')
  return whole.trim()
}

async function piped({ input }: Pick<Desk, 'input'>): Promise<string> {
  let bytes = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of input) {
      bytes += piece.length
      if (bytes > MAX_BYTES)
        throw new CommandError('ERR_HAP_INPUT', `A text has at most ${MAX_BYTES} bytes`)
      yield piece
    }
  }
  return Buffer.from(await wholeOf(counted())).toString('utf8')
}

function cut(text: string): string {
  const at = text.indexOf(CUT)
  return at === -1 ? text : text.slice(0, at)
}
