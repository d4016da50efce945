/** One line of a plot. */
export interface Series {
  readonly name: string
  /** Pairs of x and y, by growing x. */
  readonly points: readonly (readonly [number, number])[]
}

const [WIDTH, HEIGHT] = [720, 220]
const EDGE = { left: 64, right: 16, top: 12, bottom: 32 }

interface LinePlotOptions {
  /** What y is in. */
  readonly unit: string
  /** As far as x goes at least, so that plots can be compared; no further than the points if left out. */
  readonly until?: number
}

/** Lines over time, as SVG. Each has a colour of the page's style by its place: `--line-1` and so on. */
export function linePlot(series: readonly Series[], { unit, until }: LinePlotOptions): string {
  const all = series.flatMap(({ points }) => points)
  if (all.length === 0) return empty()
  const start = Math.min(...all.map(([x]) => x))
  const end = Math.max(...all.map(([x]) => x), until ?? start, start + 1)
  const top = niceTop(Math.max(...all.map(([, y]) => y)))
  const place = ([x, y]: readonly [number, number]): string =>
    `${across((x - start) / (end - start))},${up(y / top)}`
  const lines = series.map(({ name, points }, number) => {
    const marks = points.length === 1 ? dot(place(points[0]!), number) : ''
    return `<g><title>${escapeHtml(name)}</title><polyline class="line" style="stroke:var(--line-${number + 1})" points="${points.map(place).join(' ')}"/>${marks}</g>`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  const below = ticks.map((share) =>
    label(across(share), HEIGHT - 10, `${short(start + share * (end - start))} s`, 'middle'),
  )
  const legend = series
    .map(
      ({ name }, number) =>
        `<span class="key"><i style="background:var(--line-${number + 1})"></i>${escapeHtml(name)}</span>`,
    )
    .join('')
  return `<p class="legend">${legend}</p>${frame([...grid(top, unit), ...below, ...lines])}`
}

/** A bar of a plot. */
interface Bar {
  /** What it counts. */
  readonly label: string
  /** The same in a few signs, for below some of the bars. */
  readonly mark: string
  readonly value: number
}

/** Bars, as SVG. */
export function barPlot(bars: readonly Bar[]): string {
  if (bars.length === 0) return empty()
  const top = niceTop(Math.max(...bars.map(({ value }) => value)))
  const width = (WIDTH - EDGE.left - EDGE.right) / bars.length
  const every = Math.ceil(bars.length / 10)
  const drawn = bars.map(({ label: text, mark, value }, number) => {
    const x = EDGE.left + number * width
    const y = up(value / top)
    const bar = `<rect class="bar" x="${round(x + 0.5)}" y="${y}" width="${round(Math.max(1, width - 1))}" height="${round(HEIGHT - EDGE.bottom - y)}"><title>${escapeHtml(text)}: ${value}</title></rect>`
    const below =
      number % every === 0 ? label(round(x + width / 2), HEIGHT - 10, mark, 'middle') : ''
    return bar + below
  })
  return frame([...grid(top, ''), ...drawn])
}

/** Text that HTML shows as it is. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}

/** A number with three digits. */
export function short(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

function grid(top: number, unit: string): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = up(share)
    const text = label(EDGE.left - 8, y + 4, `${short(share * top)} ${unit}`.trim(), 'end')
    return `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y}" y2="${y}"/>${text}`
  })
}

function frame(parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${parts.join('')}</svg>`
}

function empty(): string {
  return '<p class="none">Nothing was recorded.</p>'
}

function dot(place: string, number: number): string {
  const [x, y] = place.split(',')
  return `<circle cx="${x}" cy="${y}" r="3" style="fill:var(--line-${number + 1})"/>`
}

function label(x: number, y: number, text: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`
}

function across(share: number): number {
  return round(EDGE.left + share * (WIDTH - EDGE.left - EDGE.right))
}

function up(share: number): number {
  return round(HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The next of 1, 2, 4, 5, 8 and 10 times a power of ten. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 4, 5, 8].find((step) => step * power >= value) ?? 10) * power
}
