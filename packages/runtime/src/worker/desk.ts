import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import type { DecisionDraft } from '@bzzz/decision-schema'
import type { SlurpClient } from '@bzzz/slurp-client'
import { collectionOf } from '@bzzz/mesh'
import { format, keyOf, parse, parseKey, safeParse } from '@bzzz/ucxl-address'
import type { Result } from '../handlers/handler.ts'
import { CLAIM_TYPE, type ClaimBody } from '../tasks/claim.ts'
import { claimOf, fileOf, pinned, type WorkerName } from '../tasks/places.ts'

export interface DeskInit {
  readonly store: ContextStore
  readonly decisions: Pick<SlurpClient, 'publish'>
  /** Tells others of a collection, `agent@project`, that was written. */
  readonly announce: (collection: string) => void
  readonly name: WorkerName
}

/** What a worker says of a task when it is done. */
export interface Completion {
  readonly task: string
  readonly taskVersion: number
  readonly title: string
  readonly result: Result
  readonly resultAddress: string
  /** What was read, each in its exact version. */
  readonly read: readonly string[]
  /** What was answered: all of it is cited. */
  readonly answers: readonly string[]
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
}
const MAX_CITED = 500

/** Writes what a worker says of tasks, each thing in its place, and tells of it. */
export class Desk {
  readonly #init: DeskInit

  constructor(init: DeskInit) {
    this.#init = init
  }

  async claim(body: ClaimBody): Promise<StoredVersion> {
    const address = format(claimOf(body.task, this.#init.name))
    return this.#put(address, Buffer.from(JSON.stringify(body)), CLAIM_TYPE)
  }

  /** @returns the address of what was kept, in its exact version; so do the next two. */
  async log(task: string, text: string): Promise<string> {
    const address = format(fileOf(task, this.#init.name, 'log.txt'))
    return pin(await this.#put(address, Buffer.from(text), 'text/plain; charset=utf-8'))
  }

  async result(task: string, { content, contentType }: Result): Promise<string> {
    const [type = ''] = contentType.split(';')
    const extension = EXTENSIONS[type.trim().toLowerCase()]
    const file = extension === undefined ? 'result' : `result.${extension}`
    return pin(await this.#put(format(fileOf(task, this.#init.name, file)), content, contentType))
  }

  /** @returns undefined where a rule of curation is against the decision: the result stands without. */
  async decision(completion: Completion): Promise<string | undefined> {
    const { decisions, announce } = this.#init
    const published = await decisions.publish(this.#draftOf(completion))
    if (published.status !== 'published') return undefined
    announce(collectionOf(published.record.key))
    return pin(published)
  }

  #draftOf(completion: Completion): DecisionDraft {
    const { task, taskVersion, title, result, resultAddress, read, answers } = completion
    const { project, task: taskName } = parseKey(task)
    const { name } = this.#init
    const cited = [...answers, ...citedOf(read, result.used)]
    return {
      ucxl_address: format(fileOf(task, name, 'decision.json')),
      agent_id: name.agent,
      decision_type: 'task_completion',
      status: 'accepted',
      title: title.slice(0, 500),
      summary: result.summary ?? `Done: the result is ${resultAddress}`,
      ...(result.model !== undefined && { model: result.model.slice(0, 500) }),
      context: { project, task: taskName },
      citations: [
        { type: 'implements', ucxl_address: pinned(task, taskVersion), relevance: 'high' },
        ...cited
          .slice(0, MAX_CITED)
          .map((address) => ({ type: 'informed_by', ucxl_address: address })),
      ],
      impacts: [{ type: 'creates', ucxl_address: resultAddress }],
    }
  }

  async #put(address: string, content: Uint8Array, contentType: string): Promise<StoredVersion> {
    const stored = await this.#init.store.put({ address, content, contentType })
    this.#init.announce(collectionOf(stored.record.key))
    return stored
  }
}

function pin({ record }: StoredVersion): string {
  return pinned(record.key, record.version)
}

/** Of what was read, what a result rests on: named as it was asked for, or in its exact version. */
function citedOf(read: readonly string[], used: readonly string[] | undefined): readonly string[] {
  if (!used) return read
  const named = new Set(
    used.flatMap((text) => {
      const parsed = safeParse(text)
      return parsed.success ? [format(parsed.address)] : []
    }),
  )
  return read.filter(
    (address) => named.has(address) || named.has(format(parseKey(keyOf(parse(address))))),
  )
}
