// Wildcards as regular expressions that take at most as many steps as text and pattern have
// characters, multiplied. For that, a wildcard that another one follows takes the shortest stretch
// that will do, and is never asked for a longer one: with less room left, what follows it could do
// no more. Otherwise `a*a*a*a*a*b` could take hours.

/** Writes the parts of a pattern; what one writer writes can be put together in one expression. */
export interface GlobWriter {
  /** A name, be it a literal, a glob or `any`, that ends before the character `end`. */
  readonly name: (name: string, end: string) => string
  /** A path up to its end, and before it the slash that it follows: `slash` is to match that one. */
  readonly path: (path: string, slash: string) => string
}

export function globWriter(): GlobWriter {
  let groups = 0

  /** Takes what it matches first: there is no going back into a look-ahead. */
  function settled(source: string): string {
    groups++
    return `(?=(?<g${groups}>${source}))\\k<g${groups}>`
  }

  function glob(text: string, wild: (next: string) => string): string {
    const [first = '', ...chunks] = text.split('*').map(escaped)
    const last = chunks.pop()
    if (last === undefined) return first
    const between = chunks.map((chunk) => settled(`${wild(chunk)}*?${chunk}`))
    return `${first}${between.join('')}${wild(last)}*${last}`
  }

  function segment(text: string): string {
    return text === '*' ? '[^/]+' : glob(text, wildInSegment)
  }

  return {
    name: (name, end) => (name === 'any' ? `[^${end}]+` : glob(name, () => `[^${end}]`)),
    path(path, slash) {
      const [first = '', ...blocks] = `/${path}`
        .split('/**')
        .map((block) => block.split('/').map(segment).join(slash))
      const last = blocks.pop()
      if (last === undefined) return `${first}$`
      const end = `${slash}|$`
      const between = blocks.map((block) => settled(`(?:${slash}[^/]*)*?${block}(?=${end})`))
      // The segments that it takes stand before a slash here: what is met most often is met sooner.
      const rest = `${slash}(?:.*/)?${last.slice(slash.length)}$`
      return first + between.join('') + (last === '' ? `(?:${end})` : rest)
    },
  }
}

/** One character of a segment; an escape as a whole where the half of one could pass for `next`. */
function wildInSegment(next: string): string {
  return /^[\dA-F]/.test(next) ? '(?:[^/%]|%..)' : '[^/]'
}

function escaped(literal: string): string {
  return literal.replaceAll(/[$()*+.]/g, String.raw`\$&`)
}
