import { parseKey } from '@bzzz/ucxl-address'

/** What nodes say that they hold something of: a project, or the writings of an agent. */
export type Facet = { readonly project: string } | { readonly agent: string }

/** The DHT key under which the providers of a facet are found. No value stands there. */
export function facetKeyOf(facet: Facet): string {
  const [kind = '', name = ''] = Object.entries(facet)[0] ?? []
  return `/ucxl/facet/${kind}/${name}`
}

/** The DHT keys of the project and of the agent that a timeline belongs to. */
export function facetKeysOf(key: string): string[] {
  const { agent, project } = parseKey(key)
  return [facetKeyOf({ project }), facetKeyOf({ agent })]
}
