import { failure, success } from '@bzzz/bot-framework'
import type { VersionView } from '@bzzz/ucxi/client'
import { at, expectRight, inPath, type NodeActor, type NodeRole } from './node.ts'

const VERSIONS = 6

/** A version that this bot wrote. */
interface Past {
  readonly version: number
  readonly time: string
  readonly content: string
  readonly text: string
}

/** What a bot has written, oldest first. @throws where it could not. */
function pastOf({ memory, id }: NodeActor): readonly Past[] {
  const past = memory.get('past') as readonly Past[] | undefined
  if (!past) throw new Error(`${id} has no past to travel in: its context could not be written`)
  return past
}

const homeOf = ({ id, stage }: NodeActor): string =>
  `ucxl://${id}:bot@${stage.project}:travels/diary.md`

/** Reads one version, which has to be this one. */
async function expectVersion(
  actor: NodeActor,
  where: { readonly address: string; readonly at?: string },
  { version, content, text }: Past,
  signal: AbortSignal,
) {
  const { address, ...options } = where
  const got = await actor.client.get(address, { ...options, signal })
  const found = await got.text()
  expectRight(found === text && got.content === content, `${address} is version ${version}`)
  return success()
}

export const timeTraveller: NodeRole = {
  about: 'goes back and forth in time, and compares',
  async setup(actor) {
    const past: Past[] = []
    for (let number = 1; number <= VERSIONS; number++) {
      const text = `Day ${number} of ${actor.id}`
      const { version, time } = await actor.client.put(homeOf(actor), text)
      past.push({
        version,
        time,
        content: actor.contentIdOf(new TextEncoder().encode(text)),
        text,
      })
    }
    actor.memory.set('past', past)
  },
  behaviors: {
    async back(actor, signal) {
      const past = pastOf(actor)
      const steps = actor.context.random.between(1, past.length - 1)
      const address = at(homeOf(actor), `~~${steps}`)
      return expectVersion(actor, { address }, past.at(-1 - steps)!, signal)
    },
    async forward(actor, signal) {
      const past = pastOf(actor)
      const steps = actor.context.random.between(1, past.length - 1)
      const address = at(homeOf(actor), `^^${steps}`)
      return expectVersion(actor, { address }, past[steps]!, signal)
    },
    async 'as-of'(actor, signal) {
      const then = actor.context.random.pick(pastOf(actor))
      return expectVersion(actor, { address: homeOf(actor), at: then.time }, then, signal)
    },
    async compare(actor, signal) {
      const { client, context } = actor
      const past = pastOf(actor)
      const [one, other] = [context.random.pick(past), context.random.pick(past)]
      const [from, to] = await Promise.all(
        [one, other].map(async ({ version }) =>
          client.entry(at(homeOf(actor), `*~${version}`), { signal }),
        ),
      )
      const isSame = one.version === other.version
      expectRight(
        from!.body === one.text && to!.body === other.text,
        'both versions have the text that was written',
      )
      expectRight(
        (from!.content === to!.content) === isSame,
        'content ids are alike only where contents are',
      )
      return success()
    },
    async timemap(actor, signal) {
      const listed: VersionView[] = []
      for await (const version of actor.client.timeline(homeOf(actor), { limit: 4, signal }))
        listed.push(version)
      const past = pastOf(actor)
      expectRight(
        listed.length === past.length &&
          listed.every(
            ({ version, time, content, writer }, place) =>
              version === past[place]!.version &&
              time === past[place]!.time &&
              content === past[place]!.content &&
              writer === listed[0]!.writer,
          ),
        'the TimeMap has all versions, in order, by one writer',
      )
      return success({ versions: listed.length })
    },
    async timegate(actor, signal) {
      const past = pastOf(actor)
      const isFirst = actor.context.random.next() < 0.5
      // Dates of HTTP have whole seconds, in which there may be many versions: only the ends are sure.
      const date = isFirst ? 'Sat, 01 Jan 2000 00:00:00 GMT' : 'Fri, 31 Dec 9999 23:59:59 GMT'
      const answer = await actor.request(`/timegate/${inPath(homeOf(actor))}`, {
        headers: { 'accept-datetime': date },
        signal,
      })
      if (answer.status >= 400) return failure(`http-${answer.status}`, 'The TimeGate is closed')
      const { version } = (isFirst ? past[0] : past.at(-1))!
      const location = answer.headers.get('location') ?? ''
      const token = version === 1 ? '/*~/' : `/*~${version}/`
      expectRight(
        answer.status === 302 && location.includes(token),
        `the TimeGate leads to version ${version} for ${date}, and not to ${location}`,
      )
      return success()
    },
  },
}
