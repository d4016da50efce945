import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
  type Resource,
} from '@modelcontextprotocol/server'
import { parse, parseKey, toUri } from '@bzzz/ucxl-address'
import type { EntryView, VersionView } from '@bzzz/ucxi'
import { codeOf } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'
import { adviceOn } from '../results/advice.ts'
import { authorOf } from '../results/marked.ts'
import type { DoorInit } from './create-server.ts'
import { completersFor } from './complete.ts'

/** Bytes of a resource, at most: a host takes it in whole. `ucxl_get` gives larger ones in parts. */
const MAX_BYTES = 1024 * 1024
const PAGE = 50
/** How long the newest version may be kept by who asked. */
const NEWEST_MS = 5000
/** A pinned version never changes: a year, the longest that caches keep. */
const PINNED_MS = 365 * 86_400_000

const VERSION = 'ucxl://{agent}:{role}@{project}%3A{task}/{temporal}/{+path}'
const NEWEST = 'ucxl://{agent}:{role}@{project}%3A{task}/{+path}'

/** Contexts as resources. Each has a tool that does the same: many hosts hide resources. */
export function addResources(server: McpServer, { memory, extend }: DoorInit): void {
  const complete = completersFor(memory)
  const read = async (
    uri: URL,
    _variables: unknown,
    context: Signals,
  ): Promise<ReadResourceResult> => readResource(memory, uri.href, context.mcpReq.signal)
  const templates = [
    [
      'version',
      VERSION,
      'A version: temporal is *~2 (number), ~~1 (back), *%5E (newest) or a moment',
    ],
    ['context', NEWEST, 'The newest version of a context'],
  ] as const
  for (const [name, uri, description] of templates) {
    const template = new ResourceTemplate(uri, { list: undefined, complete })
    server.registerResource(name, template, { description }, read)
  }
  server.server.setRequestHandler('resources/list', async ({ params }, context) => {
    const { cursor } = params ?? {}
    const page = await listResources(memory, cursor, context.mcpReq.signal)
    const first = cursor === undefined ? (extend?.resources ?? []) : []
    return { ...page, resources: [...first, ...page.resources] }
  })
}

interface Signals {
  readonly mcpReq: { readonly signal: AbortSignal }
}

async function listResources(
  memory: Memory,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ resources: Resource[]; nextCursor?: string }> {
  const after = cursor === undefined ? undefined : keyIn(cursor)
  const wanted = { alive: true, limit: PAGE + 1, signal }
  const resources: Resource[] = []
  let last = ''
  for await (const view of memory.query(after === undefined ? wanted : { ...wanted, after })) {
    if (resources.length === PAGE)
      return { resources, nextCursor: Buffer.from(last).toString('base64url') }
    resources.push(resourceOf(view))
    last = view.key
  }
  return { resources }
}

/** @throws ProtocolError where the cursor is none of ours. */
function keyIn(cursor: string): string {
  const key = /^[\w-]{1,4096}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString() : ''
  try {
    parseKey(key)
    return key
  } catch {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'Expected the nextCursor of a page before',
    )
  }
}

function resourceOf({ key, content_type: type, size, time, tags }: VersionView): Resource {
  return {
    uri: toUri(parseKey(key)),
    name: key.slice(key.indexOf('/') + 1) || key,
    ...(type !== null && { mimeType: type }),
    size,
    annotations: { lastModified: time },
    ...(tags && { _meta: { 'bzzz/tags': [...tags] } }),
  }
}

async function readResource(
  memory: Memory,
  uri: string,
  signal: AbortSignal,
): Promise<ReadResourceResult> {
  const entry = await found(memory, uri, signal)
  const { address, size } = entry
  if (size > MAX_BYTES) {
    const message = `${address} has ${size} bytes, and a resource at most ${MAX_BYTES}: read it in parts with ucxl_get`
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, message)
  }
  const isPinned = parse(uri).temporal.kind === 'version'
  return {
    contents: [
      {
        uri,
        ...(entry.content_type !== null && { mimeType: entry.content_type }),
        ...bodyOf(entry),
        _meta: {
          'bzzz/address': address,
          'bzzz/time': entry.time,
          'bzzz/content-id': entry.content,
          'bzzz/author': authorOf(entry, memory),
        },
      },
    ],
    // Who may read it is asked each time: no other client is given what one may have.
    ttlMs: isPinned ? PINNED_MS : NEWEST_MS,
    cacheScope: 'private',
  }
}

/** @throws ResourceNotFoundError; ProtocolError with what to do next. */
async function found(memory: Memory, uri: string, signal: AbortSignal): Promise<EntryView> {
  try {
    return await memory.entry(uri, { signal })
  } catch (error) {
    signal.throwIfAborted()
    const code = codeOf(error)
    if (code === undefined) throw error
    if (/_(?:NOT_FOUND|OUT_OF_RANGE|GONE)$/.test(code)) throw new ResourceNotFoundError(uri)
    const message = `${code}: ${(error as Error).message} ${adviceOn(error)}`
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, message, { uri, code })
  }
}

function bodyOf({ encoding, body }: EntryView): { text: string } | { blob: string } {
  return encoding === 'utf-8' ? { text: body } : { blob: body }
}
