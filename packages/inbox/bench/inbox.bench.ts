import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import { createInbox } from '../src/index.ts'

const MESSAGES = 10_000
const PATTERN = 'ucxl://any:any@shop:any/messages/*'

const bench: Bench = {
  package: 'inbox',
  async run() {
    const store = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)) })
    const builder = createInbox({ store, self: { name: 'builder', roles: ['coder'] } })
    const draft = { project: 'shop', task: 'checkout', kind: 'question', to: ['ada'] } as const
    for (let number = 0; number < MESSAGES; number++)
      await builder.send({ ...draft, title: `Question ${number}` })
    builder.close()
    const ada = createInbox({ store, self: { name: 'ada', roles: ['lead'] } })
    await ada.items()
    const figures = [
      await compare({
        what: 'first look at an inbox of 10,000 messages',
        subject: async () => look(store),
        reference: { what: 'listing, reading and parsing them', run: async () => readAll(store) },
        atLeast: 0.2,
      }),
      await compare({
        what: 'another look at it',
        subject: async () => ada.items(),
        reference: { what: 'listing, reading and parsing them', run: async () => readAll(store) },
        atLeast: 5,
      }),
    ]
    ada.close()
    await store.close()
    return figures
  },
}

async function look(store: ContextStore): Promise<number> {
  const inbox = createInbox({ store, self: { name: 'ada', roles: ['lead'] } })
  const items = await inbox.items()
  inbox.close()
  return items.length
}

async function readAll(store: ContextStore): Promise<number> {
  let open = 0
  for await (const { record } of store.list(PATTERN)) {
    const content = await store.content(record.content ?? '')
    if (content) open += Number(JSON.parse(Buffer.from(content).toString()) !== null)
  }
  return open
}

export default bench
