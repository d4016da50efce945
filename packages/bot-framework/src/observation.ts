import type { Execution } from './hosted-bot.ts'

/** One operation, as it is recorded. Times are milliseconds, of one clock. */
export interface Observation {
  readonly behavior: string
  readonly bot: string
  readonly phase?: string
  /** When it was meant to start: latency counts from here, so that a late start is seen. */
  readonly intendedAt: number
  readonly startedAt: number
  readonly endedAt: number
  /** The kind of its failure; absent where it went well. */
  readonly error?: string
  readonly measures?: Readonly<Record<string, number>>
}

/** What is recorded of a behaviour that a bot executed. */
export function observationOf(execution: Execution): Observation {
  const { behavior, bot, phase, intendedAt, startedAt, endedAt, result } = execution
  return {
    behavior,
    bot,
    phase,
    intendedAt,
    startedAt,
    endedAt,
    ...(!result.ok && { error: result.kind }),
    ...(Object.keys(result.measures).length > 0 && { measures: result.measures }),
  }
}
