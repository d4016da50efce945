const SHOWN_UNITS = 500

/** Text of others in one line, shortened, without what could steer a terminal. */
export function plain(text: string): string {
  const shown = text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}…` : text
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
}

/** Lines of a text of others: what could steer a terminal is made visible. */
export function visibleLines(text: string): string[] {
  return visibleText(text.replaceAll('\r\n', '\n')).split('\n')
}

/** The same in one piece. */
export function visibleText(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{fffd}')
}
