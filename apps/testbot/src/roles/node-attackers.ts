import { success } from '@bzzz/bot-framework'
import { heldOff, refusedAs } from './attack.ts'
import { expectRight, type NodeRole, type NodeStage } from './node.ts'
import { say } from './raw.ts'

const MANGLED = 'a mangled request'
const GREEDY = 'an unbounded listing'
const HOARD = 120
const LONGEST_PAGE = 1000

const CONTEXT = 'mangler:bot@'
const JSON_TYPE = 'Content-Type: application/json\r\n'

const BAD_PATHS = [
  '/ucxl/',
  '/ucxl/nonsense',
  '/ucxl/mangler@no-role',
  `/ucxl/${CONTEXT}p:t/%00`,
  `/ucxl/${CONTEXT}p:t/%ff`,
  `/ucxl/${CONTEXT}p:t/%`,
  `/ucxl/${CONTEXT}p:t/${'x'.repeat(3000)}`,
  `/ucxl/${'m'.repeat(300)}:bot@p:t/x`,
  `/ucxl/${CONTEXT}p:t/*~0/x`,
  `/ucxl/${CONTEXT}p:t/*~99999999999999999999/x`,
  '/ucxi/resolve?address=nonsense',
  `/ucxi/resolve?address=ucxl://${CONTEXT}p:t/${'x'.repeat(3000)}`,
  '/ucxi/query?pattern=nonsense',
  '/ucxi/query?at=yesterday',
  '/ucxi/query?no-such-setting=1',
  '/timemap/nonsense',
  '/timegate/nonsense',
  '/ucxi/events?last_event_id=first',
  '/no/such/path',
] as const

/** Requests that are wrong as a whole, each made of the lines that every request needs. */
const bad = (head: string, rest: string): ((lines: string) => string) => {
  return (lines) => `${head} HTTP/1.1\r\n${lines}Connection: close\r\n${rest}`
}
const json = (path: string, body: string) =>
  bad(`POST ${path}`, `${JSON_TYPE}Content-Length: ${body.length}\r\n\r\n${body}`)

/** Writes that would be right but for their bodies: nothing of them may be kept. */
const badBodies = (path: string): readonly ((lines: string) => string)[] => [
  bad(`PUT ${path}`, 'Content-Length: 99999999999\r\n\r\n'),
  bad(`PUT ${path}`, 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  bad(`PUT ${path}`, 'Content-Length: minus\r\n\r\nabc'),
  bad(`PUT ${path}`, 'Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc'),
  bad(`PUT ${path}`, `Repr-Digest: sha-256=:${'A'.repeat(43)}=:\r\nContent-Length: 3\r\n\r\nabc`),
  bad(
    `PUT ${path}`,
    'Content-Type: application/vnd.ucxl.entry+json\r\nContent-Length: 8\r\n\r\n{"body":',
  ),
  json('/ucxi/restore', '{"address":'),
  json('/ucxi/restore', '{"address":7}'),
  json('/ucxi/validate', '['.repeat(5000)),
  json('/ucxi/announce', `{"address":"${'x'.repeat(5000)}"}`),
  bad('GET /ucxi/health', `X-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
  () => 'nonsense\r\n\r\n',
]

const mangledIn = ({ project }: NodeStage): string => `${CONTEXT}${project}:mangled`

export const mangler: NodeRole = {
  about: 'sends addresses and bodies that are none, or too long',
  behaviors: {
    async address({ stage, context }, signal) {
      const path = context.random.pick(BAD_PATHS)
      return refusedAs(
        stage,
        MANGLED,
        await say(stage.url, bad(`GET ${path}`, '\r\n')(stage.head), signal),
      )
    },
    async body({ stage, context }, signal) {
      const request = context.random.pick(badBodies(`/ucxl/${mangledIn(stage)}/x.md`))
      return refusedAs(stage, MANGLED, await say(stage.url, request(stage.head), signal))
    },
  },
  async conditions(stage) {
    let kept = 0
    const pattern = `ucxl://${mangledIn(stage)}/**`
    for await (const _ of stage.client.query({ pattern })) kept++
    return [
      ...heldOff(stage, MANGLED),
      { name: 'nothing that was mangled is kept', ok: kept === 0, detail: `${kept} kept` },
    ]
  },
}

const hoardIn = ({ project }: NodeStage): string => `ucxl://hoarder:bot@${project}:hoard`

export const hoarder: NodeRole = {
  about: 'asks for everything at once',
  async setup({ stage, client }) {
    if (stage.facts.has('hoard')) return
    stage.facts.set('hoard', true)
    for (let number = 1; number <= HOARD; number++)
      await client.put(`${hoardIn(stage)}/${number}.md`, String(number))
  },
  behaviors: {
    async grab({ stage, context, request }, signal) {
      const limit = context.random.pick([LONGEST_PAGE + 1, 1_000_000, -1, 0, 1.5, 'all'])
      const { status, body } = await request(`/ucxi/query?limit=${limit}`, { signal })
      await body?.cancel()
      return refusedAs(stage, GREEDY, status)
    },
    async page({ stage, client }, signal) {
      const keys = new Set<string>()
      const pattern = `${hoardIn(stage)}/**`
      for await (const { key } of client.query({ pattern, limit: LONGEST_PAGE, signal }))
        keys.add(key)
      expectRight(keys.size === HOARD, `all ${HOARD} are found, page by page`)
      return success({ found: keys.size })
    },
    async 'no-limit'({ stage, request }, signal) {
      const pattern = encodeURIComponent(`${hoardIn(stage)}/**`)
      const answer = await request(`/ucxi/query?pattern=${pattern}`, { signal })
      const page = (await answer.json()) as { versions?: unknown[]; after?: unknown }
      const count = page.versions?.length ?? 0
      expectRight(
        count > 0 && count < HOARD && page.after !== undefined,
        `it gives a page where no limit was named, and says how to go on`,
      )
      return success({ found: count })
    },
  },
  conditions: async (stage) => heldOff(stage, GREEDY),
}
