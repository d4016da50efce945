import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { programOf } from '../conformance/suite.ts'
import { PROGRAM, startProgram, temporaryFolder } from './programs.ts'
import { DECISION, PLAN } from './world.ts'

describe.each([{ legacy: false }, { legacy: true }])(
  'over stdio (legacy: $legacy)',
  ({ legacy }) => {
    test('a client of its line has the whole memory', async () => {
      const folder = await temporaryFolder()
      const { client, call } = await startProgram(['--data', folder], { legacy })
      expect(client.getNegotiatedProtocolVersion()).toBe(legacy ? '2025-11-25' : '2026-07-28')
      expect(client.getInstructions()).toContain('decision_publish')
      await call('ucxl_put', { address: PLAN, body: 'Never store card numbers.' })
      const citations = [{ address: PLAN, excerpt: 'Never store card numbers.' }]
      const { data } = await call('decision_publish', { ...DECISION, citations })
      expect(data['citations']).toEqual(['verified'])
      const down = await call('decision_why', { address: PLAN, direction: 'down' })
      expect(down.data['links']).toMatchObject([{ from: data['address'], verdict: 'verified' }])
      await client.close()
      // What was written is there for the next one.
      const { call: again } = await startProgram(['--data', folder], { legacy })
      expect((await again('ucxl_get', { address: PLAN })).data['text']).toBe(
        'Never store card numbers.',
      )
    })

    test('a change by another process is told to who subscribed', async () => {
      const folder = await temporaryFolder()
      const one = await startProgram(['--data', folder], { legacy })
      await one.call('ucxl_put', { address: PLAN, body: 'one' })
      const told: string[] = []
      one.client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        told.push(params.uri)
      })
      const uri = 'ucxl://claude:architect@shop%3Acheckout/*%5E/plan.md'
      if (legacy) await one.client.subscribeResource({ uri })
      else await one.client.listen({ resourceSubscriptions: [uri] })
      const other = await startProgram(['--data', folder], { legacy })
      await other.call('ucxl_put', { address: PLAN, body: 'two' })
      await expect.poll(() => told, { timeout: 10_000 }).toEqual([uri])
    })
  },
)

test('the program ends when its client has gone', async () => {
  const folder = await temporaryFolder()
  const child = spawn(process.execPath, [...PROGRAM, '--data', folder])
  const exit = once(child, 'exit')
  child.stdin.end()
  expect(await exit).toEqual([0, null])
})

test('the official inspector calls it from its command line', async () => {
  const folder = await temporaryFolder()
  const inspector = programOf('@modelcontextprotocol/inspector', 'clients/launcher/build/index.js')
  const server = ['--', process.execPath, ...PROGRAM, '--data', folder]
  const ask = async (...args: string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const all = [inspector, '--cli', ...args, ...server]
      execFile(process.execPath, all, (error, stdout, stderr) => {
        if (error) reject(new Error(`${stderr}${stdout}`, { cause: error }))
        else resolve(JSON.parse(stdout))
      })
    })
  const { tools } = (await ask('--method', 'tools/list')) as { tools: { name: string }[] }
  expect(tools.map(({ name }) => name)).toContain('decision_publish')
  const args = ['--tool-arg', `address=${PLAN}`, '--tool-arg', 'body=By the inspector']
  await ask('--method', 'tools/call', '--tool-name', 'ucxl_put', ...args)
  const read = await ask(
    '--method',
    'tools/call',
    '--tool-name',
    'ucxl_get',
    '--tool-arg',
    `address=${PLAN}`,
  )
  expect(read).toMatchObject({ structuredContent: { text: 'By the inspector' } })
})

const WRITES = Number(process.env['MCP_WRITES'] ?? 1000)

test(
  'two hosts on one store lose nothing of each other, and keep the order of each agent',
  { timeout: 120_000 },
  async () => {
    const folder = await temporaryFolder()
    const agents = ['claude', 'codex']
    const hosts = await Promise.all(
      agents.map(async (agent) => ({ agent, ...(await startProgram(['--data', folder])) })),
    )
    await Promise.all(
      hosts.map(async ({ agent, call }) => {
        const address = `ucxl://${agent}:writer@shop:checkout/log.md`
        const answers = []
        for (let index = 1; index <= WRITES; index++)
          answers.push(call('ucxl_put', { address, body: `${agent} ${index}` }))
        for (const { failed, text } of await Promise.all(answers))
          expect([failed, text]).toEqual([false, text])
      }),
    )
    await Promise.all(hosts.map(async ({ client }) => client.close()))
    const store = openSqliteStore({ file: join(folder, 'contexts.db'), readOnly: true })
    for (const agent of agents) {
      const written: string[] = []
      for await (const { record } of store.history(`${agent}:writer@shop:checkout/log.md`))
        written.push(Buffer.from((await store.content(record.content ?? '')) ?? []).toString())
      expect(written).toEqual(Array.from({ length: WRITES }, (_, index) => `${agent} ${index + 1}`))
    }
    const { problems } = await store.check()
    expect(problems).toEqual([])
    await store.close()
  },
)
