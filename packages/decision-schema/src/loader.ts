import type { CallOptions } from '@bzzz/temporal-nav'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { contentIdOf } from './content-id.ts'
import type { Decision } from './decision.ts'
import { stringsOf, textsOf } from './excerpt.ts'
import { safeParseDecision } from './parse.ts'
import { reportSignature, type ProofVerifier, type SignatureReport } from './proof-verdict.ts'
import type { CitationReader, FoundVersion, NoVersion } from './reader.ts'

/** How versions are checked when they are loaded. */
export interface LoadOptions extends CallOptions {
  /** Checks proofs; without one no decision counts as signed by anybody. */
  readonly verify?: ProofVerifier | undefined
}

/** A version with what its bytes are. */
export interface LoadedVersion extends FoundVersion {
  readonly content: 'genuine' | 'forged' | 'unavailable'
  /** Where the content is a decision. */
  readonly decision?: Decision
  /** Where it seems to be one and cannot be read: why. */
  readonly unreadable?: string
  /** Where it is a decision. */
  readonly signature?: SignatureReport
  /** Whether it is a decision that says it is kept under another key. */
  readonly elsewhere?: boolean
}

/** Looks each address up once, loads and checks each version once, and keeps what was a decision. */
export interface Loader {
  /** The version that an address means; the same answer for as long as the loader lives. */
  find(address: string): Promise<FoundVersion | NoVersion>
  load(address: string): Promise<LoadedVersion | NoVersion>
  /** What a passage can stand in; undefined where it is no text, or cannot be had. */
  textsIn(version: LoadedVersion): Promise<readonly string[] | undefined>
}

const KEPT_UNITS = 4 * 1024 * 1024
const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

export function createLoader(reader: CitationReader, options: LoadOptions): Loader {
  const { signal, verify } = options
  const call: CallOptions = signal === undefined ? {} : { signal }
  const asked = new Map<string, Promise<FoundVersion | NoVersion>>()
  const loaded = new Map<string, Promise<LoadedVersion>>()
  // Contents that are no decisions, the newest last: they may be cited again in the next moment.
  const texts = new Map<string, string>()
  let kept = 0

  async function read(contentId: string): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted()
    const content = await reader.read(contentId, call)
    return typeof content === 'string' ? encoder.encode(content) : content
  }

  async function check(found: FoundVersion): Promise<LoadedVersion> {
    const bytes = await read(found.contentId)
    if (bytes === undefined) return { ...found, content: 'unavailable' }
    if (contentIdOf(bytes) !== found.contentId) return { ...found, content: 'forged' }
    const text = decode(bytes)
    if (text === undefined) return { ...found, content: 'genuine' }
    if (!/^\s*\{/.test(text) || !text.includes('"decision_id"')) {
      keep(found.contentId, text)
      return { ...found, content: 'genuine' }
    }
    const result = safeParseDecision(text)
    if (!result.success) return { ...found, content: 'genuine', unreadable: result.error.message }
    const { decision } = result
    return {
      ...found,
      content: 'genuine',
      decision,
      signature: await reportSignature(decision, verify),
      elsewhere: keyOf(parse(decision.ucxl_address)) !== found.key,
    }
  }

  function keep(contentId: string, text: string): void {
    if (text.length > KEPT_UNITS || texts.has(contentId)) return
    texts.set(contentId, text)
    kept += text.length
    for (const [oldest, { length }] of texts) {
      if (kept <= KEPT_UNITS) break
      texts.delete(oldest)
      kept -= length
    }
  }

  async function find(address: string): Promise<FoundVersion | NoVersion> {
    signal?.throwIfAborted()
    const answer = asked.get(address) ?? reader.resolve(address, call)
    asked.set(address, answer)
    return answer
  }

  return {
    find,
    async load(address) {
      const version = await find(address)
      if (!version.found) return version
      const id = `${version.contentId} ${version.version} ${version.key}`
      const checked = loaded.get(id) ?? check(version)
      loaded.set(id, checked)
      return checked
    },
    async textsIn({ decision, contentId }) {
      if (decision !== undefined) return [JSON.stringify(decision), ...stringsOf(decision)]
      const text = texts.get(contentId)
      if (text !== undefined) return textsOf(text)
      const bytes = await read(contentId)
      const again = bytes && decode(bytes)
      return again === undefined ? undefined : textsOf(again)
    },
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
