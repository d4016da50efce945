import { contentIdOf } from '@bzzz/context-store'
import { createInbox, type Inbox, type Item, type Reply } from '@bzzz/inbox'
import {
  acceptedContent,
  inputRequired,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { createAddress, format, parse } from '@bzzz/ucxl-address'
import { z } from 'zod'
import { codeOf, McpError } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'
import { plain, quoted } from '../results/marked.ts'
import type { ApprovalPolicy } from './policy.ts'
import { storeOver } from './store.ts'

/** What is to be kept, once a person has approved it. */
export interface Proposed {
  /** Where it is to be kept. */
  readonly address: string
  readonly content: Uint8Array
  readonly contentType: string
  readonly title: string
}

/** What an approval is asked with. */
export interface ApprovalCall {
  readonly memory: Memory
  readonly policy: ApprovalPolicy
  readonly context: ServerContext
  /** Whether the client can ask who sits before it. */
  readonly canElicit: boolean
  readonly signal: AbortSignal
}

/** A verdict of a person, kept as a signed record. */
export interface Approved {
  /** The exact bytes that were approved. */
  readonly content: Uint8Array
  /** Addresses of the replies that approve. */
  readonly by: readonly string[]
}

const verdictSchema = z.object({
  approve: z.boolean().describe('Keep exactly this'),
  comment: z.string().max(4096).optional().describe('Why'),
})

/**
 * Gives what was approved, or asks for it: as an item in the inbox of whom it is for, which waits for as
 * long as it takes, and of the client where that can ask. The same call again finds the same item.
 *
 * @throws `ERR_MCP_WAITING` while nobody has said anything; `ERR_MCP_APPROVAL` where it was rejected
 */
export async function approvalFor(
  proposed: Proposed,
  call: ApprovalCall,
): Promise<Approved | InputRequiredResult> {
  const { memory, policy, context, canElicit, signal } = call
  const shown = await keepProposal(proposed, call)
  const { agent, role, project, task } = parse(proposed.address)
  const inbox = createInbox({ store: storeOver(memory), self: { name: agent, roles: [role] } })
  try {
    const sent = await inbox.send(
      {
        project,
        task,
        kind: 'proposal',
        to: [...policy.to],
        title: plain(proposed.title, 500),
        body: `To be kept at ${proposed.address}, exactly as it stands in ${shown.address} (content id ${shown.content}).`,
        about: [shown],
        // Bound to what it is about and where it is to be: another text asks anew.
        id: contentIdOf(Buffer.from(`${shown.content} ${proposed.address}`)).slice(-40),
      },
      { signal },
    )
    const key = `approve-${shown.content}`
    const said = acceptedContent(context.mcpReq.inputResponses, key, verdictSchema)
    if (said) await recordVerdict(said, { ...call, message: sent.address, shown: sent.content })
    const item = await inbox.item(sent.address, { signal })
    const verdict = verdictOf(item, policy)
    if (verdict === 'approved') {
      return {
        content: proposed.content,
        by: approvals(item, policy).map(({ address }) => address),
      }
    }
    if (verdict !== 'open') throw rejected(verdict)
    const declined = context.mcpReq.inputResponses?.[key] !== undefined
    if (canElicit && !declined && personOf(policy)) return elicit(key, proposed, shown)
    throw new McpError(
      'ERR_MCP_WAITING',
      `It is not kept yet: it waits for ${policy.to.join(', ')} at ${sent.address}, for as long as it takes`,
    )
  } finally {
    inbox.close()
  }
}

/** Keeps what is proposed beside where it is to be, so that who is asked sees exactly that. */
async function keepProposal(
  { address, content, contentType }: Proposed,
  { memory, signal }: ApprovalCall,
): Promise<{ address: string; content: string }> {
  const { agent, role, project, task, path } = parse(address)
  const draft = createAddress({ agent, role, project, task, path: `proposals/${path}` })
  const id = contentIdOf(content)
  const there = await memory.resolve(format(draft), { signal }).catch((error: unknown) => {
    if (/_(?:NOT_FOUND|GONE)$/.test(codeOf(error) ?? '')) return undefined
    throw error
  })
  const { address: at } =
    there?.content === id
      ? there
      : await memory.put(format(draft), content, { contentType, signal })
  return { address: at, content: id }
}

/** Approvals count by who signed them, where that was said. */
function approvals({ standing }: Item, { keys }: ApprovalPolicy): readonly Reply[] {
  const all = standing.status === 'approved' ? standing.by : []
  return keys ? all.filter(({ by }) => keys.includes(by.did)) : all
}

function verdictOf(item: Item, policy: ApprovalPolicy): 'open' | 'approved' | Reply {
  const { standing } = item
  if (standing.status === 'rejected') return standing.by
  return approvals(item, policy).length > 0 ? 'approved' : 'open'
}

function rejected({ by, comment }: Reply): McpError {
  const why = comment === undefined ? 'without a word' : `and said ${quoted(comment, 1000)}`
  return new McpError('ERR_MCP_APPROVAL', `${by.name} rejected it, ${why}`)
}

/** The one person that a client can ask in the name of; a role is nobody in particular. */
function personOf({ to, keys }: ApprovalPolicy): { name: string; role: string } | undefined {
  // What the client passes on is signed here, and by nobody else.
  if (keys) return undefined
  const [name = '', role = 'person'] = (to.length === 1 ? (to[0] ?? '') : '').split(':')
  return name === '' || name === 'any' || role === 'any' ? undefined : { name, role }
}

function elicit(
  key: string,
  { title, address, content }: Proposed,
  shown: { readonly address: string; readonly content: string },
): InputRequiredResult {
  const text = new TextDecoder().decode(content.subarray(0, SHOWN_BYTES))
  const rest = content.length > SHOWN_BYTES ? `\n… all of it: ${shown.address}` : ''
  return inputRequired({
    inputRequests: {
      [key]: inputRequired.elicit({
        message: `Keep ${quoted(title)} at ${address}? Content id ${shown.content}:\n\n${text}${rest}`,
        requestedSchema: verdictSchema,
      }),
    },
  })
}

const SHOWN_BYTES = 4000

/** Keeps what the person before the client said, as a record like any other verdict. */
async function recordVerdict(
  { approve, comment }: z.output<typeof verdictSchema>,
  {
    memory,
    policy,
    message,
    shown,
    signal,
  }: ApprovalCall & { readonly message: string; readonly shown: string },
): Promise<void> {
  const person = personOf(policy)
  if (!person) return
  const self = { name: person.name, roles: [person.role] as const }
  const inbox: Inbox = createInbox({ store: storeOver(memory), self })
  try {
    await inbox.reply(
      message,
      {
        kind: approve ? 'approved' : 'rejected',
        content: shown,
        comment: `${comment ?? ''}\n\nSaid to the client of the agent.`.trim(),
      },
      { signal },
    )
  } finally {
    inbox.close()
  }
}
