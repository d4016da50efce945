/** A clock in whole milliseconds: what is kept has no finer time, and many a clock has. */
export function clockOf({ now = Date.now }: { readonly now?: () => number }): () => number {
  return () => Math.floor(now())
}
