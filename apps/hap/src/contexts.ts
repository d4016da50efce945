import { StoreError, type ContentSource, type StoredVersion } from '@bzzz/context-store'
import { EXIT, exitCodeOf } from '@bzzz/runtime'
import { createAddress, format, keyOf, parse, parseKey, type Address } from '@bzzz/ucxl-address'
import { createUcxi, type Ucxi } from '@bzzz/ucxi'
import { inputOf, typeOf } from './content.ts'
import type { Desk } from './desk.ts'
import { waitFor } from './wait.ts'
import { temporalOf } from './when.ts'

// Contexts as commands: each is an operation of UCXI on the home's store.

/** How a context is written. */
export interface WriteOptions {
  /** Media type; by the name's ending if left out. */
  readonly type?: string
  /** Only where nothing lives there. */
  readonly new?: boolean
  /** Only over the version with this content id. */
  readonly ifMatch?: string
  readonly tag?: readonly string[]
}

export function ucxiOf({ home, now }: Desk): Ucxi {
  return createUcxi({ store: home.store, now })
}

/** An address, at the version or the moment that was said. */
export function addressAt(text: string, when: string | undefined, now: number): Address {
  const address = parse(text)
  return when === undefined
    ? address
    : createAddress({ ...address, temporal: temporalOf(when, now) })
}

export async function getContext(
  text: string,
  when: string | undefined,
  desk: Desk,
  { wait }: { readonly wait?: number } = {},
): Promise<void> {
  const ucxi = ucxiOf(desk)
  const open = async () => ucxi.open(addressAt(text, when, desk.now()), { signal: desk.signal })
  if (wait !== undefined) {
    const isThere = async (): Promise<true | undefined> => {
      try {
        await open()
        return true
      } catch (error) {
        if (exitCodeOf(error) !== EXIT.notFound && !isStillComing(error)) throw error
        return undefined
      }
    }
    await waitFor(isThere, { seconds: wait, what: text }, desk)
  }
  const { version, content } = await open()
  const bytes = content ?? (await ucxi.read(version))
  if (desk.json) {
    const whole = await wholeOf(bytes)
    desk.result({ ...viewOf(version), ...bodyOf(whole) })
    return
  }
  for await (const piece of pieces(bytes)) await desk.write(piece)
}

/** Writes the next version of what stands at an address, or with `fresh` a new one in a folder. */
export async function putContext(
  text: string,
  file: string | undefined,
  { fresh, ...options }: WriteOptions & { readonly fresh: boolean },
  desk: Desk,
): Promise<void> {
  const ucxi = ucxiOf(desk)
  const { signal } = desk
  const input = {
    content: await inputOf(file, desk),
    contentType: options.type ?? typeOf(file, text),
    ...(options.new === true && { ifNone: true as const }),
    ...(options.ifMatch !== undefined && { ifMatch: [options.ifMatch] }),
    ...(options.tag && { tags: options.tag }),
  }
  const write = fresh ? ucxi.post.bind(ucxi) : ucxi.put.bind(ucxi)
  tellWritten(await write(text, input, { signal }), desk)
}

export async function deleteContext(text: string, desk: Desk): Promise<void> {
  const { signal } = desk
  tellWritten(await ucxiOf(desk).delete(text, { signal }), desk)
}

export async function restoreContext(text: string, when: string, desk: Desk): Promise<void> {
  const { signal } = desk
  tellWritten(await ucxiOf(desk).restore(addressAt(text, when, desk.now()), { signal }), desk)
}

/** Lists the versions of a context, the newest first. */
export async function logContext(
  text: string,
  limit: number | undefined,
  desk: Desk,
): Promise<void> {
  const { home, signal } = desk
  // So that one that is not there says so.
  await ucxiOf(desk).timeline(text, { limit: 1, signal })
  const versions: StoredVersion[] = []
  for await (const version of home.store.history(keyOf(parse(text)), { reverse: true, signal })) {
    versions.push(version)
    if (versions.length === (limit ?? Number.POSITIVE_INFINITY)) break
  }
  desk.result(versions.map(viewOf))
  for (const { record } of versions) {
    const what =
      record.content === null ? 'deleted' : `${record.content_type}, ${record.size} bytes`
    desk.say(`${String(record.version).padStart(4)}  ${record.time}  ${what}`)
  }
}

/** Finds contexts by a pattern, words and tags, as they are or as they stood. */
export async function queryContexts(
  pattern: string | undefined,
  {
    text,
    tag,
    at,
    limit = 100,
  }: {
    readonly text?: string
    readonly tag?: readonly string[]
    readonly at?: string
    readonly limit?: number
  },
  desk: Desk,
): Promise<number> {
  const ucxi = ucxiOf(desk)
  const moment = at === undefined ? undefined : Date.parse(temporalOf(at, desk.now()))
  const found: StoredVersion[] = []
  let after: string | undefined
  do {
    const page = await ucxi.query({
      alive: true,
      limit: Math.min(1000, limit - found.length),
      signal: desk.signal,
      ...(pattern !== undefined && { pattern }),
      ...(text !== undefined && { text }),
      ...(tag && { tags: tag }),
      ...(moment !== undefined && { at: moment }),
      ...(after !== undefined && { after }),
    })
    found.push(...page.versions)
    after = page.after
  } while (after !== undefined && found.length < limit)
  desk.result(found.map(viewOf))
  for (const { record } of found) desk.say(`${record.time}  ${addressOf(record.key)}`)
  if (found.length > 0) return EXIT.done
  desk.say('Nothing was found.')
  return EXIT.notFound
}

/** Tells of each change as it comes, until it is told to end. */
export async function watchContexts(
  pattern: string | undefined,
  after: number | undefined,
  desk: Desk,
): Promise<void> {
  const changes = await ucxiOf(desk).subscribe({
    signal: desk.signal,
    ...(pattern !== undefined && { pattern }),
    ...(after !== undefined && { after }),
  })
  for await (const lot of changes)
    for (const { sequence, ...version } of lot) {
      desk.result({ sequence, ...viewOf(version) })
      const { key, version: number, time, content } = version.record
      desk.say(`${time}  ${addressOf(key)}  ${content === null ? 'deleted' : `version ${number}`}`)
    }
}

/** Its record is here, and its content is not yet. */
function isStillComing(error: unknown): boolean {
  return StoreError.is(error, 'ERR_STORE_CONTENT_MISSING')
}

function tellWritten({ id, record }: StoredVersion, desk: Desk): void {
  const view = viewOf({ id, record })
  desk.result(view)
  desk.say(view.address)
}

/** What is said of a version. */
function viewOf({ id, record }: StoredVersion) {
  const { key, version, time, writer, content, content_type: contentType, size } = record
  const address = format(createAddress({ ...parseKey(key), temporal: `*~${version}` }))
  return { address, version, time, writer, record: id, content, contentType, size }
}

function bodyOf(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

function addressOf(key: string): string {
  return format(parseKey(key))
}

/** All of a content in one piece. */
export async function wholeOf(content: ContentSource): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const all: Uint8Array[] = []
  for await (const piece of content) all.push(piece)
  return Buffer.concat(all)
}

async function* pieces(content: ContentSource): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content
  else yield* content
}
