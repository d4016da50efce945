import { format, isPattern, safeParse, toUri } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'
import type { Verdict } from './schemas.ts'

/** What is wrong with a decision; nothing, where it is as it should be. */
export type DecisionCheck = (
  decision: unknown,
) => readonly { readonly code: string; readonly message: string; readonly path?: string }[]

/** @throws `ERR_UCXI_REQUEST` unless there is exactly one thing to check, and a way to check it. */
export async function validate(
  { address, decision }: { readonly address?: string; readonly decision?: unknown },
  checkDecision: DecisionCheck | undefined,
): Promise<Verdict> {
  if ((address === undefined) === (decision === undefined)) {
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      'Expected one of two: {"address": "ucxl://…"} or {"decision": {…}}',
    )
  }
  if (address !== undefined) return verdictOn(address)
  if (checkDecision) {
    const problems = checkDecision(decision)
    return { valid: problems.length === 0, problems }
  }
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    'This node checks addresses only: it was given no schema of decisions',
  )
}

function verdictOn(text: string): Verdict {
  const parsed = safeParse(text)
  if (parsed.success) {
    const { address } = parsed
    const forms = { address: format(address), uri: toUri(address), pattern: isPattern(address) }
    return { valid: true, ...forms, problems: [] }
  }
  const { code, message, offset } = parsed.error
  return { valid: false, problems: [{ code, message, offset }] }
}
