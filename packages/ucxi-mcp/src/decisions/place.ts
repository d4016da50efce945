import { createAddress, format, isPattern, parse, type Address } from '@bzzz/ucxl-address'
import { McpError } from '../errors.ts'

/** Where a decision is kept. */
export interface Place {
  /** The newest version of its context. */
  readonly address: string
  readonly agent: string
  readonly project: string
  readonly task: string
  /** True where it was said exactly, rather than made of the title. */
  readonly given: boolean
}

/**
 * The place that was said; in a folder, or where nothing was said, under a name made of the title.
 *
 * @param standard `agent:role@project:task`
 * @throws `ERR_MCP_PLACE` where nobody said whose it is; AddressError
 */
export function placeFor(
  { title, address }: { readonly title: string; readonly address?: string | undefined },
  standard: string | undefined,
): Place {
  if (address === undefined && standard === undefined) {
    throw new McpError('ERR_MCP_PLACE', 'Expected an address: this server was started without --as')
  }
  const parsed = parse(address ?? `ucxl://${standard}/decisions/`)
  const isFolder = parsed.path === '' || parsed.path.endsWith('/')
  const path = isFolder ? `${parsed.path}${slugOf(title)}.json` : parsed.path
  const { agent, role, project, task } = parsed
  const place = createAddress({ agent, role, project, task, path })
  assertConcrete(place)
  assertFree(format(place))
  return { address: format(place), agent, project, task, given: !isFolder }
}

/**
 * Who answers for somebody else, or approves what it proposed itself, would do so here.
 *
 * @throws `ERR_MCP_RESERVED`
 */
export function assertFree(address: string): void {
  if (!/^(?:replies|messages|proposals)\//.test(parse(address).path)) return
  throw new McpError(
    'ERR_MCP_RESERVED',
    `${address} is where messages, replies and proposals stand`,
  )
}

function assertConcrete(address: Address): void {
  if (!isPattern(address)) return
  throw new McpError(
    'ERR_MCP_PLACE',
    `Expected the address of one context, got ${format(address)}, which stands for many`,
  )
}

const MAX_SLUG = 80

/** A title as a name: `Pay with Stripe!` is `pay-with-stripe`. */
function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/\p{M}/gu, '')
    .match(/[a-z0-9]+/g)
  const slug = (words ?? []).join('-').slice(0, MAX_SLUG).replace(/-$/, '')
  // A title without any such letter is told apart by what it is made of.
  return slug || Buffer.from(title).toString('hex').slice(0, MAX_SLUG)
}
