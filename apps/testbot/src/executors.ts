import { sleep, type Clock } from '@bzzz/bot-framework'
import type { Player } from './cast.ts'
import type { Load } from './scenario.ts'

/** Milliseconds. A clock that counts from 1970 has no smaller fractions: less would never be over. */
const LEAST_MS = 0.001

/** What a phase needs to be carried out. */
export interface PhaseInit {
  readonly load: Load
  readonly ms: number
  readonly players: readonly Player[]
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Told of an operation that was due, and for which nobody was free. */
  readonly onDropped: (at: number) => void
}

/** Has a phase carried out: open, where arrivals come whether or not the target keeps up, or closed. */
export async function carryOut(init: PhaseInit): Promise<void> {
  switch (init.load.model) {
    case 'constant-rate': {
      const { rate } = init.load
      return arrivals(init, () => rate)
    }
    case 'ramping-rate': {
      const { from, to } = init.load
      return arrivals(init, (share) => from + (to - from) * share)
    }
    case 'recorded-shape': {
      const { rates } = init.load
      return arrivals(
        init,
        (share) => rates[Math.min(rates.length - 1, Math.floor(share * rates.length))]!,
      )
    }
    case 'constant-bots': {
      const { bots } = init.load
      return loops(init, () => bots)
    }
    case 'ramping-bots': {
      const { from, to } = init.load
      return loops(init, (share) => Math.round(from + (to - from) * share))
    }
    case 'iterations':
      return iterations(init, init.load.perBot)
    default:
      return init.load satisfies never
  }
}

/** Operations come at a rate; one that nobody is free for is dropped, and counted. */
async function arrivals(init: PhaseInit, rateAt: (share: number) => number): Promise<void> {
  const { ms, players, clock, timeoutMs, signal, onDropped } = init
  const startedAt = clock.now()
  const free = [...players]
  const going = new Set<Promise<unknown>>()
  // The sum of the rate over time: an operation is due whenever it passes a whole number.
  let [sum, begun, last] = [0, 0, startedAt]
  const step = Math.min(50, ms)
  for (let at = startedAt; at < startedAt + ms && !signal.aborted; at = last) {
    const rate = rateAt(Math.min(1, (at - startedAt) / ms))
    const due = rate > 0 ? Math.min(step, ((begun + 1 - sum) * 1_000) / rate) : step
    const wait = Math.max(due, LEAST_MS)
    const next = Math.min(at + wait, startedAt + ms)
    // Who is behind does not wait: a timer takes a millisecond at least.
    if (next > clock.now()) await sleep(clock, next - clock.now(), { signal }).catch(() => {})
    if (signal.aborted) break
    sum += (rate * (next - last)) / 1_000
    last = next
    // Sums of fractions miss whole numbers by a little.
    for (; begun + 1 <= sum + 1e-6; begun++) {
      const player = free.shift()
      if (!player) {
        onDropped(next)
        continue
      }
      const operation = player.host
        .execute(player.draw(), { intendedAt: next, timeoutMs, signal })
        .finally(() => free.push(player))
      going.add(operation)
      void operation.finally(() => going.delete(operation)).catch(() => {})
    }
  }
  await Promise.allSettled(going)
}

/** So many bots act, think, and act again. */
async function loops(init: PhaseInit, botsAt: (share: number) => number): Promise<void> {
  const { ms, players, clock, signal } = init
  const startedAt = clock.now()
  const end = startedAt + ms
  const isOver = (): boolean => signal.aborted || clock.now() >= end
  const loop = async (player: Player, place: number): Promise<void> => {
    while (!isOver()) {
      const allowed = botsAt(Math.min(1, (clock.now() - startedAt) / ms))
      if (place < allowed) await act(init, player)
      await pause(init, place < allowed ? player.think() : 50, end)
    }
  }
  await Promise.all(players.map(async (player, place) => loop(player, place)))
}

/** Each bot acts so many times, and not longer than the phase lasts. */
async function iterations(init: PhaseInit, perBot: number): Promise<void> {
  const { ms, players, clock, signal } = init
  const end = clock.now() + ms
  const loop = async (player: Player): Promise<void> => {
    for (let turn = 0; turn < perBot && !signal.aborted && clock.now() < end; turn++) {
      await act(init, player)
      await pause(init, player.think(), end)
    }
  }
  await Promise.all(players.map(loop))
}

async function act({ timeoutMs, signal }: PhaseInit, player: Player): Promise<void> {
  await player.host.execute(player.draw(), { timeoutMs, signal })
}

async function pause({ clock, signal }: PhaseInit, ms: number, end: number): Promise<void> {
  await sleep(clock, Math.max(0, Math.min(ms, end - clock.now())), { signal }).catch(() => {})
}
