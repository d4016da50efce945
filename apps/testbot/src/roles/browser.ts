import { failure, success } from '@bzzz/bot-framework'
import { expectRight, inPath, type NodeActor, type NodeRole, type NodeStage } from './node.ts'

const BOOKS = 25
const PAGE = 10

const shelf = ({ project }: NodeStage): string => `librarian:bot@${project}:books`
const keyOf = (stage: NodeStage, number: number): string => `${shelf(stage)}/book-${number}.md`
const textOf = (number: number): string => `Book ${number} tells of zeppelin${number}.`

/** One book, and what it has to be. */
function someBook({ stage, context, contentIdOf }: NodeActor) {
  const number = context.random.between(1, BOOKS)
  const content = contentIdOf(new TextEncoder().encode(textOf(number)))
  return { number, content, key: keyOf(stage, number), address: `ucxl://${keyOf(stage, number)}` }
}

export const browser: NodeRole = {
  about: 'lists, searches and reads what is there',
  async setup({ stage, client }) {
    if (stage.facts.has('library')) return
    stage.facts.set('library', true)
    for (let number = 1; number <= BOOKS; number++)
      await client.put(`ucxl://${keyOf(stage, number)}`, textOf(number))
  },
  behaviors: {
    async list({ stage, client }, signal) {
      const pattern = `ucxl://${shelf(stage)}/**`
      const keys: string[] = []
      for await (const { key } of client.query({ pattern, limit: PAGE, signal })) keys.push(key)
      expectRight(new Set(keys).size === keys.length, 'nothing is listed twice')
      expectRight(
        Array.from({ length: BOOKS }, (_, at) => keyOf(stage, at + 1)).every((key) =>
          keys.includes(key),
        ),
        'all that was written is listed',
      )
      return success({ found: keys.length })
    },
    async search(actor, signal) {
      const { number, key } = someBook(actor)
      const pattern = `ucxl://${shelf(actor.stage)}/**`
      const found: string[] = []
      for await (const hit of actor.client.query({ pattern, text: `zeppelin${number}`, signal }))
        found.push(hit.key)
      expectRight(found.length === 1 && found[0] === key, `the one with the word is found`)
      return success()
    },
    async read(actor, signal) {
      const { address, content } = someBook(actor)
      const version = await actor.client.get(address, { signal })
      const bytes = await version.bytes()
      expectRight(actor.contentIdOf(bytes) === content, `the bytes of ${address} are those written`)
      expectRight(version.content === content, `${address} is said to be what it is`)
      return success({ bytes: bytes.length })
    },
    async revalidate(actor, signal) {
      const { address, content } = someBook(actor)
      const headers = { 'if-none-match': `"${content}"` }
      const { status } = await actor.request(`/ucxl/${inPath(address)}`, { headers, signal })
      if (status >= 400) return failure(`http-${status}`, `The node answered ${status}`)
      expectRight(status === 304, `nothing is sent again that has not changed`)
      return success()
    },
  },
}
