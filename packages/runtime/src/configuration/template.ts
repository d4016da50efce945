import { stringify } from 'yaml'
import type { Setting } from './settings.ts'

/**
 * A configuration in YAML in which every setting stands: what is given as it is, all else as a comment with its
 * default.
 *
 * @param given values by their paths, such as `mesh.follow`.
 * @param title comment in front of it all.
 */
export function templateOf(
  settings: readonly Setting[],
  { given, title }: { readonly given: Readonly<Record<string, unknown>>; readonly title: string },
): string {
  const lines = [`# ${title}`]
  let group = ''
  for (const { path, description, variable, default: value } of settings) {
    const [head = '', name] = path.split('.')
    const isGiven = given[path] !== undefined
    if (head !== group) {
      const isGroupGiven = settings.some(
        (one) => one.path.startsWith(`${head}.`) && given[one.path] !== undefined,
      )
      lines.push('')
      if (name !== undefined) lines.push(isGroupGiven ? `${head}:` : `# ${head}:`)
    }
    group = head
    const shown = textOf(isGiven ? given[path] : value)
    const said = description === '' ? variable : `${description} (${variable})`
    const indent = name === undefined ? '' : '  '
    lines.push(`${isGiven ? indent : `# ${indent}`}${name ?? head}:${shown} # ${said}`)
  }
  return `${lines.join('\n')}\n`
}

/** A value in one line. */
function textOf(value: unknown): string {
  if (value === undefined) return ''
  return ` ${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`
}
