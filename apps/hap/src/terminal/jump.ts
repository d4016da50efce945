import type { Names } from './names.ts'
import type { Stage } from './stage.ts'

/** Asks for an address, completes it, and opens it. */
export function jump(stage: Stage, names: Names): void {
  const prompt = stage.ask({
    label: ':',
    complete: (text) => names.addresses(text),
    onEnter: (text) => {
      if (text.trim() !== '') stage.show(text.trim())
    },
  })
  // Behind it, so that one can type at once.
  stage.run(
    stage.view,
    'Reading names',
    async (signal) => names.read(stage, signal),
    () => prompt.offer(),
  )
}
