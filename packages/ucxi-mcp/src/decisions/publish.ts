import {
  createDecision,
  DECISION_MEDIA_TYPE,
  decisionBytes,
  decisionHash,
  reviewDecision,
  safeParseDecision,
  type Citation,
  type Decision,
} from '@bzzz/decision-schema'
import { pinCitations, type LinkVerdict } from '@bzzz/decision-schema/chains'
import { createCurator, defaultRules } from '@bzzz/decision-schema/curation'
import { signDecision } from '@bzzz/decision-schema/signing'
import { verifyProofs } from '@bzzz/identity/proofs'
import type { CallOptions } from '@bzzz/temporal-nav'
import { createAddress, format, parse } from '@bzzz/ucxl-address'
import { isInputRequiredResult, type InputRequiredResult } from '@modelcontextprotocol/server'
import { approvalFor } from '../approval/approve.ts'
import { codeOf, McpError } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'
import { createReader } from '../memory/reader.ts'
import type { Desk, ToolCall } from '../tools/tool.ts'
import { draftOf, type Said } from './draft.ts'
import { explained } from './explained.ts'
import { placeFor } from './place.ts'

/** A decision that is kept. */
export interface Published {
  /** The address that always means this version. */
  readonly address: string
  readonly decision: Decision
  /** True where it was there already. */
  readonly known: boolean
  /** What a look at each citation came to. */
  readonly citations: readonly string[]
  /** What somebody should look at. */
  readonly warnings: readonly string[]
}

/** A decision that is complete but for its signature. */
interface Prepared {
  readonly decision: Decision
  readonly verdicts: readonly LinkVerdict[]
  /** Content id of the version that it revises; undefined where nothing lives there. */
  readonly over: string | undefined
}

/**
 * Checks, curates, pins, signs and keeps a decision. The same again gives the one that is there.
 *
 * @throws DecisionError, with what stands there where a passage is not found; `ERR_MCP_NO_KEY`,
 *   `ERR_MCP_PLACE`, `ERR_MCP_EXISTS`, `ERR_MCP_CURATED`; as `put`
 */
export async function publish(
  said: Said,
  call: ToolCall,
): Promise<Published | InputRequiredResult> {
  const { memory, now } = call
  const { identity } = memory
  if (!identity) {
    throw new McpError(
      'ERR_MCP_NO_KEY',
      'Decisions are signed, and this server was given no key: start it with --key and the identity.json of the node',
    )
  }
  const known = await prepare(said, call)
  if ('known' in known) return known
  const { decision, verdicts, over } = known
  const { signal, approval } = call
  const kept = { memory, verdicts, over, signal }
  if (!approval?.tools.includes('decision_publish'))
    return keep(signDecision(decision, identity, { now }), kept)
  // What is approved is exactly this text, its id, time and signature too: the one that was proposed first.
  const earlier = await proposedAt(decision, memory, { signal })
  const signed = earlier ?? signDecision(decision, identity, { now })
  const verdict = await approvalFor(
    {
      address: signed.ucxl_address,
      content: decisionBytes(signed),
      contentType: DECISION_MEDIA_TYPE,
      title: signed.title ?? 'A decision',
    },
    { ...call, policy: approval },
  )
  return isInputRequiredResult(verdict) ? verdict : keep(signed, kept)
}

/** The same decision, where it was proposed before. */
async function proposedAt(
  decision: Decision,
  memory: Memory,
  options: CallOptions,
): Promise<Decision | undefined> {
  const address = parse(decision.ucxl_address)
  const draft = createAddress({ ...address, path: `proposals/${address.path}` })
  const there = await standingAt(format(draft), memory, options).catch((error: unknown) => {
    if (McpError.is(error, 'ERR_MCP_EXISTS')) return undefined
    throw error
  })
  return there && saysTheSame(there.decision, decision, true) ? there.decision : undefined
}

/** All but signing and keeping; or what is there, where it says the same. */
async function prepare(said: Said, call: Desk & CallOptions): Promise<Prepared | Published> {
  const { memory, now } = call
  const options = signalOf(call)
  const place = placeFor(said, call.place)
  const standing = await standingAt(place.address, memory, options)
  const fresh = createDecision(draftOf(said, place), { now })
  if (standing && saysTheSame(standing.decision, fresh)) {
    return { ...standing, known: true, citations: [], warnings: [] }
  }
  if (standing && !place.given) {
    const message = `Another decision stands at ${standing.address}: ${JSON.stringify(standing.decision.title ?? '')}`
    throw new McpError('ERR_MCP_EXISTS', message)
  }
  // What is revised stays the same decision.
  const decision = standing ? { ...fresh, decision_id: standing.decision.decision_id } : fresh
  const { verdict, rule, reason } = await curator.judge(decision)
  if (verdict !== 'keep') {
    throw new McpError('ERR_MCP_CURATED', `The rule ${rule} does not keep it: ${reason}`)
  }
  const reader = createReader(memory, { missing: memory.complete ? 'not-found' : 'unavailable' })
  try {
    const pinned = await pinCitations(decision, reader, { ...options, verify: verifyProofs })
    return { decision: pinned.decision, verdicts: pinned.verdicts, over: standing?.content }
  } catch (error) {
    throw await explained(error, decision, { memory, ...options })
  }
}

/** Keeps a decision that is signed. */
async function keep(
  signed: Decision,
  {
    memory,
    verdicts,
    over,
    ...options
  }: Omit<Prepared, 'decision'> & Pick<Desk, 'memory'> & CallOptions,
): Promise<Published> {
  const view = await memory.put(signed.ucxl_address, decisionBytes(signed), {
    contentType: DECISION_MEDIA_TYPE,
    ...(over === undefined ? { ifNoneMatch: '*' } : { ifMatch: over }),
    ...options,
  })
  const warnings = reviewDecision(signed).map(({ code, message }) => `${code}: ${message}`)
  if (view.writer !== memory.identity?.did) {
    warnings.push(`other-key: it is signed by another key than ${view.writer}, which keeps it`)
  }
  return {
    address: view.address,
    decision: signed,
    known: false,
    citations: verdicts.map(sayVerdict),
    warnings,
  }
}

const curator = createCurator(defaultRules({ verify: verifyProofs, unsigned: 'keep' }))

interface Standing {
  readonly address: string
  readonly decision: Decision
  readonly content: string
}

/** The decision that stands at an address now. @throws `ERR_MCP_EXISTS` where it is none. */
async function standingAt(
  address: string,
  memory: Memory,
  options: CallOptions,
): Promise<Standing | undefined> {
  let entry: Awaited<ReturnType<Memory['entry']>>
  try {
    entry = await memory.entry(address, options)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (/^ERR_(?:TEMPORAL_(?:NOT_FOUND|GONE)|(?:MESH|DHT)_NOT_FOUND)$/.test(code)) return undefined
    throw error
  }
  const result = safeParseDecision(entry.body)
  if (result.success) {
    return { address: entry.address, decision: result.decision, content: entry.content ?? '' }
  }
  throw new McpError('ERR_MCP_EXISTS', `${entry.address} is something else than a decision`)
}

/** Whether a new decision would say what one says that is there, but for when it was said and its pins. */
function saysTheSame(standing: Decision, fresh: Decision, withPins = false): boolean {
  const { proof: _, ...rest } = standing
  const citations = withPins ? standing.citations : standing.citations?.map(unpinned)
  const { decision_id, timestamp } = fresh
  const same = { ...rest, decision_id, timestamp, ...(citations && { citations }) }
  return decisionHash(same) === decisionHash(fresh)
}

function unpinned({
  version: _version,
  content_id: _content,
  decision_hash: _hash,
  ...citation
}: Citation): Citation {
  return citation
}

function sayVerdict(verdict: LinkVerdict): string {
  return verdict.status === 'verified'
    ? verdict.status
    : `${verdict.status}: ${verdict.reason} (${verdict.detail})`
}

function signalOf({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {}
}
