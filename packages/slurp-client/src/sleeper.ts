import type { Schedule } from '@bzzz/context-store'

/** Waits that can be ended early; a call that comes before the wait ends it at once. */
export interface Sleeper {
  /** @param milliseconds until woken if left out */
  sleep(milliseconds?: number): Promise<void>
  wake(): void
}

export function createSleeper(schedule: Schedule): Sleeper {
  let woken = false
  let end: (() => void) | undefined
  return {
    sleep: async (milliseconds) => {
      if (!woken) {
        const { promise, resolve } = Promise.withResolvers<void>()
        end = resolve
        const cancel = milliseconds === undefined ? undefined : schedule(resolve, milliseconds)
        await promise
        cancel?.()
        end = undefined
      }
      woken = false
    },
    wake: () => {
      woken = true
      end?.()
    },
  }
}
