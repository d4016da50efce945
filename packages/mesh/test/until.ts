import { setTimeout as delay } from 'node:timers/promises'

/** Waits until a condition holds; rejects, naming it, where it does not within the seconds given. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 10,
  everyMs = 5,
): Promise<void> {
  const end = performance.now() + seconds * 1_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${seconds} s: ${what}`)
    await delay(everyMs)
  }
}
