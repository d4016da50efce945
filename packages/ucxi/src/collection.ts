/**
 * The collection that a context is announced with: all of one agent in one project, `agent@project`.
 * As the mesh has it, whose code is loaded only where there is one.
 */
export function collectionOf(key: string): string {
  const at = key.indexOf('@')
  const agent = key.slice(0, key.indexOf(':'))
  return `${agent}@${key.slice(at + 1, key.indexOf(':', at))}`
}
