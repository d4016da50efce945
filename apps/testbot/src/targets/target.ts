import type { Faults } from '@bzzz/adnet/devnet'
import type { Summary, Verdict } from '@bzzz/bot-framework/metrics'
import type { BotPart, Role, Scene } from '../actor.ts'

/** What is put under load, and what it gives to those who play on it. */
export interface Target<Player, Shared extends Scene<Player>> {
  /** The parts that can be played on it, by name. */
  readonly roles: Readonly<Record<string, Role<Player, Shared>>>
  /**
   * What the keys of bots are derived from, where the seed alone is not enough: a target that outlives the run still
   * has what was done with them before.
   */
  readonly keysFrom?: string
  /** What all bots of a run share. Called once, before any {@link actor}. */
  stage(scene: Scene<Player>): Shared
  actor(part: BotPart, stage: Shared): Player
  /** Waits until all is there that bots asked for while they got ready, or until it is aborted. */
  ready?(signal: AbortSignal): Promise<void>
  /** What goes wrong from now on, in place of what went wrong before. A target without it takes none. */
  setFaults?(faults: Faults): void
  /** What must hold of it whoever played, by what it shows when all is done and what was measured. */
  verdicts(summary: Summary): Promise<Verdict[]>
  close(): Promise<void>
}

/** What the keys of all who take part in a run are derived from, where it has its target for itself. */
export function keysFrom(seed: string | number): string {
  return `testbot ${seed}`
}
