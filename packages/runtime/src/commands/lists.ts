/** Items that are parted by commas; the option may be given several times. */
export function listOf(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').map((item) => item.trim())]
}
