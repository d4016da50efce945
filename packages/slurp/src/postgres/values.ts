/** Objects as the rows of a table, or texts, in one value. */
export function recordset(rows: readonly (object | string)[]): string {
  return JSON.stringify(rows, (_, value: unknown) => storable(value))
}

/** PostgreSQL has no text with a NUL or half a character in it, so nothing with one is kept, or found. */
export function storable<Given>(value: Given): Given {
  if (typeof value !== 'string') return value
  return value.replaceAll('\0', '\u{fffd}').toWellFormed() as Given & string
}
