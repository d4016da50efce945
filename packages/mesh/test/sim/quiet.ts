const realSetImmediate = globalThis.setImmediate
const turns = { pending: 0 }

/** As the system's, and counted: a store commits in a turn of its own, and time must wait for that. */
function countedSetImmediate(
  run: (...args: unknown[]) => void,
  ...args: unknown[]
): NodeJS.Immediate {
  turns.pending++
  return realSetImmediate(() => {
    turns.pending--
    run(...args)
  })
}

/** Resolves when all code of this process waits for something that is simulated. */
export async function quiet(): Promise<void> {
  do {
    await new Promise<void>((resolve) => void realSetImmediate(resolve))
  } while (turns.pending > 0)
}

/** Counts turns while something is simulated. @returns ends it. */
export function countTurns(): () => void {
  // Nobody asks it for the promise that the system's can be made to give.
  globalThis.setImmediate = countedSetImmediate as typeof setImmediate
  return () => {
    globalThis.setImmediate = realSetImmediate
  }
}
