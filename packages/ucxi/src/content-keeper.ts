import {
  MAX_CONTENT_BYTES,
  StoreError,
  type CallOptions,
  type ContentSource,
  type ContextStore,
  type StoredVersion,
} from '@bzzz/context-store'
import { IdentityError } from '@bzzz/identity'
import type { KeyRing, SealedContent, WrappedKey } from '@bzzz/identity/contents'
import { createAddress, parse, parseKey, type Address } from '@bzzz/ucxl-address'

/** What a node needs to write and read contexts that only a role can read. */
export interface ContentsInit {
  /** The content keys of this node's identity. */
  readonly ring: KeyRing
  /** The age recipients of everybody who holds a role now: `view.recipientsOf` of a cluster. */
  readonly recipientsOf: (role: string) => readonly string[]
}

interface Components extends ContentsInit {
  readonly store: ContextStore
  /** Reads a context from wherever it is. */
  readonly get: (address: Address, options: CallOptions) => Promise<{ content: Uint8Array }>
  /** Called with the key of each context that was written beside. */
  readonly onWritten: (key: string) => void
}

interface Period {
  /** Who could read it when it began: whoever comes or goes begins another one. */
  readonly members: string
  readonly wrapped: WrappedKey
  /** The authorities (`agent:role@project:task`) in which the wrapped key stands already. */
  readonly kept: Set<string>
}

const KEY_TYPE = 'application/json'
const FOLDER = '.keys'

/**
 * Encrypts and decrypts contents, and keeps the keys to them where their readers find them: wrapped to
 * each, as contexts in the folder `.keys` of the same agent, role, project and task.
 */
export class ContentKeeper {
  readonly #with: Components
  readonly #periods = new Map<string, Period>()

  constructor(components: Components) {
    this.#with = components
  }

  /** Encrypts a content for who holds a role. */
  async seal(role: string, key: string, bytes: Uint8Array): Promise<SealedContent> {
    const { ring } = this.#with
    const period = await this.#period(role)
    const authority = key.slice(0, key.indexOf('/'))
    if (!period.kept.has(authority)) {
      await this.#keep(addressOfKey(key, period.wrapped.key), period.wrapped)
      period.kept.add(authority)
    }
    return ring.seal(role, { key, bytes })
  }

  /**
   * The content of a version as it was written; that of a plain one is given back.
   *
   * @throws `ERR_IDENTITY_NO_CONTENT_KEY` where this node is no reader; `ERR_IDENTITY_CONTENT`,
   *   `ERR_IDENTITY_CONTENT_DOWNGRADE` where the bytes are not what the record says.
   */
  async open(
    { record }: StoredVersion,
    bytes: Uint8Array,
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    const { ring } = this.#with
    const { key, encryption } = record
    const sealed = {
      key,
      bytes,
      ...(encryption && { encryption: encryption as SealedContent['encryption'] }),
    }
    try {
      return ring.open(sealed)
    } catch (error) {
      if (!encryption || !isMissingKey(error)) throw error
      if (!(await this.#fetch(key, encryption.key, options))) throw error
      return ring.open(sealed)
    }
  }

  /**
   * Wraps a content key that is at hand to more readers: to a member who came later, or lost it. It is
   * kept under an authority that this node may write to.
   *
   * @param where a context of that authority.
   */
  async share(keyId: string, recipients: readonly string[], where: Address): Promise<void> {
    const wrapped = await this.#with.ring.wrapFor(keyId, recipients)
    await this.#keep(createAddress({ ...where, path: `${FOLDER}/${keyId}.json` }), wrapped)
  }

  async #period(role: string): Promise<Period> {
    const { ring, recipientsOf } = this.#with
    const recipients = [...new Set(recipientsOf(role))].toSorted()
    const members = recipients.join(' ')
    const known = this.#periods.get(role)
    if (known?.members === members && ring.period(role)?.key === known.wrapped.key) return known
    const period = {
      members,
      wrapped: await ring.newPeriod(role, recipients),
      kept: new Set<string>(),
    }
    this.#periods.set(role, period)
    return period
  }

  async #keep(address: Address, wrapped: WrappedKey): Promise<void> {
    const content = new TextEncoder().encode(JSON.stringify(wrapped))
    const { record } = await this.#with.store.put({ address, content, contentType: KEY_TYPE })
    this.#with.onWritten(record.key)
  }

  /** Looks for a wrapped key where its writer keeps it, and then wherever else one stands here. */
  async #fetch(key: string, keyId: string, options: CallOptions): Promise<boolean> {
    const { get, store } = this.#with
    const direct = await get(addressOfKey(key, keyId), options).catch(() => undefined)
    if (direct && (await this.#take(direct.content))) return true
    const { project } = parseKey(key)
    const pattern = parse(`ucxl://any:any@${project}:any/*^/${FOLDER}/${keyId}.json`)
    for await (const { record } of store.list(pattern, { ...options, alive: true })) {
      const bytes = record.content && (await store.content(record.content, options))
      if (bytes && (await this.#take(bytes))) return true
    }
    return false
  }

  async #take(bytes: Uint8Array): Promise<boolean> {
    try {
      return await this.#with.ring.add(JSON.parse(new TextDecoder().decode(bytes)))
    } catch (error) {
      // What stands there may be anything: it is then no key.
      if (error instanceof IdentityError || error instanceof SyntaxError) return false
      throw error
    }
  }
}

/** Where the wrapped key of a context's content stands. */
function addressOfKey(key: string, keyId: string): Address {
  return createAddress({ ...parseKey(key), path: `${FOLDER}/${keyId}.json` })
}

function isMissingKey(error: unknown): boolean {
  return error instanceof IdentityError && error.code === 'ERR_IDENTITY_NO_CONTENT_KEY'
}

/** Reads all of a content that is to be encrypted. @throws `ERR_STORE_CONTENT_TOO_LARGE`. */
export async function wholeOf(source: ContentSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of source) {
    size += piece.length
    if (size > MAX_CONTENT_BYTES) {
      throw new StoreError(
        'ERR_STORE_CONTENT_TOO_LARGE',
        `Expected at most ${MAX_CONTENT_BYTES} bytes, got ${size} or more`,
      )
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** What a node without content keys says. */
export function noContentKeys({ record: { key, version } }: StoredVersion): IdentityError {
  return new IdentityError(
    'ERR_IDENTITY_NO_CONTENT_KEY',
    `Version ${version} of ${key} is encrypted for a role, and this node has no content keys`,
  )
}
