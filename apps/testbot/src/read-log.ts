import { createMetrics, readEventLog, type Metrics } from '@bzzz/bot-framework/metrics'
import { z } from 'zod'

/** What a log says at its beginning of the run that it is of. */
const begun = z.object({
  scenario: z.string(),
  seed: z.union([z.string(), z.number()]),
  /** How long its phases last. */
  seconds: z.number(),
  pid: z.int(),
  host: z.string(),
})
type Begun = z.infer<typeof begun>

/** The newest run of a log, as far as it is there. */
export interface LoggedRun {
  readonly metrics: Metrics
  /** What the run said of itself; undefined where the log does not say it. */
  readonly begun?: Begun
  /** The name of the newest phase. */
  readonly phase?: string
  /** Seconds from its beginning to the newest event. */
  readonly seconds: number
  /** Whether it was judged: it ended as it should. */
  readonly isOver: boolean
  /** Lines that are no events: the last one of a run that was killed, most often. */
  readonly skipped: number
}

/** Reads a log. @throws `ERR_BOT_LOG` where it cannot be read. */
export async function readLog(path: string): Promise<LoggedRun> {
  let run = newRun(0)
  let isEmpty = true
  let skipped = 0
  for await (const event of readEventLog(path, { onSkip: () => skipped++ })) {
    const at = event.type === 'operation' ? event.intendedAt : event.at
    // A folder may have been used before: each run is added to its log.
    if (isEmpty || (event.type === 'note' && event.what === 'run')) run = newRun(at)
    isEmpty = false
    run.latest = Math.max(run.latest, event.type === 'operation' ? event.endedAt : at)
    if (event.type === 'operation') run.metrics.observe(event)
    else if (event.type === 'dropped') run.metrics.drop(event.behavior, event.count, event.at)
    else if (event.what === 'run') run.begun = begun.safeParse(event.details).data
    else if (event.what === 'phase') run.phase = String(event.details['name'])
    else if (event.what === 'verdicts') run.isOver = true
  }
  const { metrics, startedAt, latest, isOver, begun: says, phase } = run
  return {
    metrics,
    seconds: (latest - startedAt) / 1_000,
    isOver,
    skipped,
    ...(says && { begun: says }),
    ...(phase !== undefined && { phase }),
  }
}

interface Reading {
  readonly metrics: Metrics
  readonly startedAt: number
  latest: number
  isOver: boolean
  begun?: Begun | undefined
  phase?: string
}

function newRun(startedAt: number): Reading {
  return { metrics: createMetrics({ startedAt }), startedAt, latest: startedAt, isOver: false }
}
