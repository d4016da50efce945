import type { Stage, Undo } from './stage.ts'

const KEPT = 50

/** What was done here, to be taken back, the last one first. */
export class Undos {
  readonly #undos: Undo[] = []

  add(undo: Undo): void {
    this.#undos.push(undo)
    if (this.#undos.length > KEPT) this.#undos.shift()
  }

  /** Takes back what was done last. */
  take(stage: Stage): void {
    const undo = this.#undos.at(-1)
    if (!undo) {
      stage.say('Nothing was done here that can be taken back.')
      return
    }
    const { view } = stage
    stage.run(
      view,
      `Taking back: ${undo.what}`,
      async (signal) => undo.run(signal),
      (said) => {
        this.#undos.splice(this.#undos.indexOf(undo), 1)
        view.wrote?.()
        stage.say(said, 'good')
      },
    )
  }
}
