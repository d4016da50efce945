const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of bytes that should be UTF-8; what is not becomes U+FFFD, so the text is well formed. */
export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

/** The first `length` UTF-16 units of a text, without half a character at the end. */
export function cut(text: string, length: number): string {
  const beginning = text.slice(0, length)
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1).toWellFormed()
}

/** Front matter at the top of a text: YAML between two lines `---`. */
export const FRONT_MATTER = /^---[ \t]*\n(?<yaml>(?:[\s\S]*?\n)?)(?:---|\.\.\.)[ \t]*(?:\n|$)/
