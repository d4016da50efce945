// Numbers as people read them, in as few signs as do.

const grouped = new Intl.NumberFormat('en')
const BARS = '▁▂▃▄▅▆▇█'

export function count(value: number): string {
  return grouped.format(value)
}

/** Milliseconds. */
export function time(value: number): string {
  if (value >= 9_995) return `${(value / 1_000).toFixed(1)} s`
  return `${value.toFixed(value < 99.95 ? 1 : 0)} ms`
}

export function rate(value: number): string {
  return `${value < 9.95 ? value.toFixed(1) : count(Math.round(value))}/s`
}

/** A share from 0 to 1. What is not nothing is not shown as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %'
  return `${(share * 100).toFixed(1)} %`
}

/** Seconds: `42 s`, `3:05`, `1:00:00`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const rest = two(whole % 60)
  if (whole < 3_600) return `${Math.floor(whole / 60)}:${rest}`
  return `${Math.floor(whole / 3_600)}:${two((whole % 3_600) / 60)}:${rest}`
}

/** A bar of so many columns. */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(full) + '░'.repeat(Math.max(0, width - full))
}

/** One sign for each value, as high as it is beside the highest. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0)
  if (most === 0) return BARS[0]!.repeat(values.length)
  return values.map((value) => BARS[Math.round((value / most) * (BARS.length - 1))]).join('')
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}
