/**
 * What happened, in figures: recorded from the moment at which an operation was meant to start, so that a
 * target that stands still is seen standing still.
 *
 * ```ts
 * const log = openEventLog('run.ndjson')
 * const metrics = createMetrics({ startedAt: clock.now(), log })
 * metrics.observe(observationOf(execution))
 * const { total } = metrics.summary() // total.latency.p99, total.errorRate
 * ```
 *
 * @packageDocumentation
 */
export { createMetrics } from './create-metrics.ts'
export { observationOf } from './observation.ts'
export { Histogram } from './histogram.ts'
export { decodeHistogram, encodeHistogram } from './histogram-codec.ts'
export { openEventLog, readEventLog } from './event-log.ts'
export { htmlReport } from './html-report.ts'
export { prometheusText } from './prometheus.ts'
export type { Metrics, MetricsInit } from './create-metrics.ts'
export type { Observation } from './observation.ts'
export type { Bucket } from './histogram.ts'
export type { EventLog, LogEvent } from './event-log.ts'
export type { ReportInput, Verdict } from './html-report.ts'
export type { Bin, Figures, Interval, Latency, Summary } from './summary.ts'
