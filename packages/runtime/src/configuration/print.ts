import { Document, isCollection, isScalar } from 'yaml'
import type { Configuration, Origin } from './read.ts'

/** A configuration as YAML, each value with where it comes from behind it; secrets are not shown. */
export function printConfiguration(configuration: Configuration<object>): string {
  const { value, settings, origins } = configuration
  const document = new Document(structuredClone(value))
  for (const { path, isSecret } of settings) {
    const keys = path.split('.')
    if (!document.hasIn(keys)) continue
    if (isSecret) document.setIn(keys, '***')
    const node = document.getIn(keys, true)
    const origin = origins.get(path) ?? { from: 'default' }
    if (isScalar(node)) node.comment = ` ${describe(origin)}`
    else if (isCollection(node)) node.commentBefore = ` ${describe(origin)}`
  }
  return document.toString({ lineWidth: 0 })
}

function describe(origin: Origin): string {
  if (origin.from === 'file') return `${origin.name}:${origin.line}`
  return origin.from === 'default' ? 'default' : origin.name
}
