/**
 * The written form of a moment: RFC 3339 in UTC, with milliseconds only where they are not zero.
 *
 * @param ms milliseconds since 1970, within the years 0000 to 9999.
 */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** True for text that {@link formatTime} writes: one moment has one text. */
export function isTimeText(text: string): boolean {
  const ms = Date.parse(text)
  return text.length <= 24 && !Number.isNaN(ms) && formatTime(ms) === text
}
