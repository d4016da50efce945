import { UcxiError } from './errors.ts'
import type { Problem } from './schemas.ts'

/** A node said no. `code` is that of the package that did, and `problem` all that was said. */
export class ProblemError extends UcxiError<string> {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code, problem.detail)
    this.problem = problem
  }

  /** The HTTP status. */
  get status(): number {
    return this.problem.status
  }
}

/** What an answer that is no success says. One that is no problem of ours is told apart by its code. */
export async function problemIn(response: Response): Promise<ProblemError> {
  const { status, statusText } = response
  try {
    const problem = (await response.json()) as Problem
    if (typeof problem.code === 'string' && problem.status === status)
      return new ProblemError(problem)
  } catch {
    // Said below.
  }
  return new ProblemError({
    type: 'about:blank',
    title: statusText,
    status,
    code: 'ERR_UCXI_RESPONSE',
    detail: `Expected an answer of a UCXI node, got status ${status}: is this its URL?`,
  })
}
