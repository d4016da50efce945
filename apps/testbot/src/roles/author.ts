import { success, type BehaviorResult } from '@bzzz/bot-framework'
import type { UcxiClient, VersionView } from '@bzzz/ucxi/client'
import { expectRight, type NodeActor, type NodeRole } from './node.ts'

/** A version whose writing the node has acknowledged; without content it is a deletion. */
interface Written {
  readonly version: number
  readonly content: string | null
}

/** What a bot has written, by address. */
function writtenBy({ memory }: NodeActor): Map<string, Written[]> {
  const known = memory.get('written') as Map<string, Written[]> | undefined
  if (known) return known
  const made = new Map<string, Written[]>()
  memory.set('written', made)
  return made
}

type Answer = { readonly key: string; readonly version: number; readonly content: string | null }

/** Keeps what was acknowledged. @throws `wrong-answer` where it is not what was written. */
function keep(
  actor: NodeActor,
  expected: { readonly address: string; readonly content: string | null },
  { key, version, content }: Answer,
): BehaviorResult {
  const { address } = expected
  const versions = writtenBy(actor).get(address) ?? []
  const last = versions.at(-1)?.version ?? 0
  writtenBy(actor).set(address, [...versions, { version, content: expected.content }])
  expectRight(`ucxl://${key}` === address, `it writes ${address}, and not ${key}`)
  expectRight(content === expected.content, `${address} has the content that was sent`)
  expectRight(version > last, `version ${version} of ${address} comes after ${last}`)
  return success()
}

async function write(actor: NodeActor, address: string, signal: AbortSignal) {
  const { client, id, context, contentIdOf } = actor
  const text = `Written by ${id}: ${context.random.between(0, 2 ** 32)}`
  const content = contentIdOf(new TextEncoder().encode(text))
  return keep(actor, { address, content }, await client.put(address, text, { signal }))
}

async function writeNew(actor: NodeActor, signal: AbortSignal): Promise<BehaviorResult> {
  const { id, stage } = actor
  // Numbered, not counted: one whose answer was lost may be there.
  const number = ((actor.memory.get('last') as number | undefined) ?? 0) + 1
  actor.memory.set('last', number)
  return write(actor, `ucxl://${id}:bot@${stage.project}:work/note-${number}.md`, signal)
}

/** A context of its own that is as it should be for what is to be done with it. */
function oneOf(actor: NodeActor, fits: (versions: readonly Written[]) => boolean) {
  const fitting = [...writtenBy(actor)].filter(([, versions]) => fits(versions))
  return fitting.length === 0 ? undefined : actor.context.random.pick(fitting)
}

/** All versions of a context that the node shows: none where it knows nothing of it. */
async function shownAt(client: UcxiClient, address: string): Promise<VersionView[]> {
  const shown: VersionView[] = []
  try {
    for await (const version of client.timeline(address)) shown.push(version)
  } catch (error) {
    if ((error as { status?: unknown }).status !== 404) throw error
  }
  return shown
}

export const author: NodeRole = {
  about: 'writes contexts, changes, deletes and restores them',
  behaviors: {
    put: writeNew,
    async change(actor, signal) {
      const [address] = oneOf(actor, () => true) ?? []
      return address === undefined ? writeNew(actor, signal) : write(actor, address, signal)
    },
    async delete(actor, signal) {
      const [address] = oneOf(actor, (versions) => versions.at(-1)?.content !== null) ?? []
      if (address === undefined) return writeNew(actor, signal)
      const answer = await actor.client.delete(address, { signal })
      return keep(actor, { address, content: null }, answer)
    },
    async restore(actor, signal) {
      const [address, versions] = oneOf(actor, (all) => all.at(-1)?.content === null) ?? []
      if (address === undefined || !versions) return writeNew(actor, signal)
      const older = versions.filter(({ content }) => content !== null)
      const { version, content } = actor.context.random.pick(older)
      const names = address.split('/', 3).join('/')
      const from = `${names}/*~${version}${address.slice(names.length)}`
      return keep(actor, { address, content }, await actor.client.restore(from, { signal }))
    },
  },
  async conditions({ actors, client }) {
    let [acknowledged, lost, gaps] = [0, 0, 0]
    for (const [address, versions] of actors.flatMap((actor) => [...writtenBy(actor)])) {
      const shown = await shownAt(client, address)
      let [last, time] = [0, 0]
      for (const version of shown) {
        const then = Date.parse(version.time)
        if (version.version !== last + 1 || then <= time) gaps++
        ;[last, time] = [version.version, then]
      }
      const contents = new Map(shown.map(({ version, content }) => [version, content]))
      acknowledged += versions.length
      lost += versions.filter(({ version, content }) => contents.get(version) !== content).length
    }
    return [
      {
        name: 'no acknowledged write is lost',
        ok: acknowledged > 0 && lost === 0,
        detail: `${lost} of ${acknowledged}`,
      },
      { name: 'timelines have no gap', ok: gaps === 0, detail: `${gaps} gaps` },
    ]
  },
}
