/** The name that is meant where another one was written; undefined where none is close. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(written.length / 4))
  let best: string | undefined
  let least = most + 1
  for (const name of names) {
    const distance = editsBetween(written.toLowerCase(), name.toLowerCase())
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

/** Letters that are to be added, taken away or changed (Levenshtein 1966). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, place) => place)
  for (const [place, letter] of Array.from(one).entries()) {
    const next = [place + 1]
    for (const [at, own] of Array.from(other).entries()) {
      const changed = (row[at] ?? 0) + Number(letter !== own)
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
