import { createTwoFilesPatch } from 'diff'
import { line, linesOf, wrap, type Tone } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import { RowsView, type Row } from './rows-view.ts'
import { addressOf, shortOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'
import { openVersion, type Opened } from './version.ts'

const MAX_EDITS = 10_000
const TONES: Readonly<Record<string, Tone>> = { '+': 'good', '-': 'bad', '@': 'key' }

/** What a version changed of the one before it. */
export class DiffView extends RowsView {
  readonly keys: readonly KeyHelp[] = [['←/→', 'versions']]
  readonly #key: string
  #number: number
  #last: number
  #text = ''

  constructor(stage: Stage, key: string, number: number) {
    super(stage)
    this.#key = key
    this.#number = number
    this.#last = number
  }

  get title(): string {
    return `What version ${this.#number} changed in ${shortOf(addressOf(this.#key))}`
  }

  override get note(): string {
    return `${this.#number} of ${this.#last}`
  }

  load(): void {
    const number = this.#number
    this.stage.run(
      this,
      'Comparing',
      async (signal) => {
        const read = async (which: number): Promise<Opened> => {
          const options = { which: { number: which }, signal }
          return openVersion(this.stage.source, addressOf(this.#key), options)
        }
        const after = await read(number)
        return {
          after,
          patch: await patchOf(number > 1 ? await read(number - 1) : undefined, after),
        }
      },
      ({ after, patch }) => {
        this.#last = after.last
        this.#text = patch
        this.changed({ toTop: true })
      },
    )
  }

  protected rows(width: number): readonly Row[] {
    return linesOf(this.#text).flatMap((text) => {
      const tone = TONES[text[0] ?? ''] ?? 'plain'
      return wrap(text, width).map((piece) => ({ line: line(piece, tone) }))
    })
  }

  override press(key: Key): boolean {
    if (key === 'left' || key === 'h') this.#step(this.#number - 1)
    else if (key === 'right' || key === 'l') this.#step(this.#number + 1)
    else return super.press(key)
    return true
  }

  #step(number: number): void {
    if (number < 1) this.stage.say('This is the first version.')
    else if (number > this.#last) this.stage.say('This is the newest version.')
    else {
      this.#number = number
      this.load()
    }
  }
}

async function patchOf(before: Opened | undefined, after: Opened): Promise<string> {
  const [old, next] = [before === undefined ? '' : saysOf(before), saysOf(after)]
  if (old === undefined || next === undefined) return 'One of both is no text.'
  if (old === next) return 'Both say the same.'
  // Piece by piece, so that keys are taken in between.
  const patch = await new Promise<string | undefined>((resolve) => {
    createTwoFilesPatch('before', 'after', old, next, undefined, undefined, {
      maxEditLength: MAX_EDITS,
      timeout: 5000,
      callback: resolve,
    })
  })
  if (patch === undefined) return 'They have too little in common to be compared.'
  // Which files they are stands in the title.
  return patch.split('\n').slice(3).join('\n').trimEnd()
}

/** A deletion says nothing. */
function saysOf({ text, version }: Opened): string | undefined {
  return version.record.content === null ? '' : text
}
