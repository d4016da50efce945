import type { Figures, Latency, Summary } from './summary.ts'

/** The figures in Prometheus' text format, one series for each behaviour. Times are in seconds. */
export function prometheusText(summary: Summary): string {
  const behaviors = Object.entries(summary.behaviors)
  const lines = (of: (figures: Figures, behavior: string) => string[]): string[] =>
    behaviors.flatMap(([behavior, figures]) => of(figures, behavior))
  return [
    ...head('bzzz_bot_operations_total', 'counter', 'Operations that ended, by outcome.'),
    ...lines(({ count, failed }, behavior) => [
      line('bzzz_bot_operations_total', { behavior, outcome: 'ok' }, count - failed),
      line('bzzz_bot_operations_total', { behavior, outcome: 'failed' }, failed),
    ]),
    ...head('bzzz_bot_errors_total', 'counter', 'Operations that failed, by the kind of failure.'),
    ...lines(({ errors }, behavior) =>
      Object.entries(errors).map(([kind, count]) =>
        line('bzzz_bot_errors_total', { behavior, kind }, count),
      ),
    ),
    ...head('bzzz_bot_dropped_total', 'counter', 'Operations that were not started in time.'),
    ...lines(({ dropped }, behavior) => [line('bzzz_bot_dropped_total', { behavior }, dropped)]),
    ...head('bzzz_bot_latency_seconds', 'summary', 'Time from the intended start to the end.'),
    ...lines((figures, behavior) =>
      quantiles('bzzz_bot_latency_seconds', behavior, figures.latency, figures.count),
    ),
    ...head('bzzz_bot_service_seconds', 'summary', 'Time from the start to the end.'),
    ...lines((figures, behavior) =>
      quantiles('bzzz_bot_service_seconds', behavior, figures.service, figures.count),
    ),
    '',
  ].join('\n')
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function quantiles(name: string, behavior: string, latency: Latency, count: number): string[] {
  const { p50, p95, p99, p999, mean } = latency
  const at = { '0.5': p50, '0.95': p95, '0.99': p99, '0.999': p999 }
  return [
    ...Object.entries(at).map(([quantile, ms]) => line(name, { behavior, quantile }, ms / 1_000)),
    line(`${name}_sum`, { behavior }, (mean * count) / 1_000),
    line(`${name}_count`, { behavior }, count),
  ]
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const text = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`)
  return `${name}{${text.join(',')}} ${value}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
