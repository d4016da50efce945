/**
 * What may reach a terminal, and in how many columns: by itself, so that a program which writes lines loads nothing that
 * draws. Beside it: `./screen`, which draws such lines on the whole terminal.
 *
 * ```ts
 * const row = fitLine([span('done ', 'dim'), span(nameFromElsewhere)], 80)
 * ```
 *
 * @packageDocumentation
 */
export { column, cut, fit, fitEnd, linesOf, visible, widthOf, wrap } from './terminal-text.ts'
export { cutLine, fitLine, line, plainOf, span, spread } from './terminal-line.ts'
export type { Line, Span, Tone } from './terminal-line.ts'

/** Whether somebody asked for no colours, as https://no-color.org has it. */
export function isColourless(environment: NodeJS.ProcessEnv): boolean {
  return (environment['NO_COLOR'] ?? '') !== ''
}
