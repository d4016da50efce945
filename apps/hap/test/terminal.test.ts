import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInbox, type Inbox, type Self } from '@bzzz/inbox'
import {
  DEFAULTS,
  openHome,
  participantSchema,
  startServices,
  type Health,
  type Home,
} from '@bzzz/runtime'
import { createLog, participantServices, type Participant } from '@bzzz/runtime/participant'
import { describe, expect, onTestFinished, test } from 'vitest'
import { builtOf, startOnPty, whyNoPty, type PtyInit, type Terminal } from '../../../test/pty.ts'

// The built program, as a person uses it: on a terminal of 80 columns and 24 rows.

const PORTAL = builtOf('hap')
const why = await whyNoPty(PORTAL)
if (why !== undefined) console.warn(`Skipped: the portal on a pseudo-terminal, since ${why}`)

const SHOP = 'ucxl://any:any@shop:any/**'
const PLAN = 'ucxl://ada:author@shop:checkout/plan.md'
const CONFIGURATION = `name: ada
about: { roles: [lead] }
http: { port: 0 }
health: { port: 0 }
`

interface Place {
  readonly folder: string
  readonly start: (init?: Partial<PtyInit>) => Promise<Terminal>
}

/** A home with whatever is put into it before the portal starts. */
async function place(prepare?: (home: Home) => Promise<unknown>): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-pty-'))
  const running: Terminal[] = []
  onTestFinished(async () => {
    for (const terminal of running) {
      terminal.kill()
      await terminal.exited
    }
    rmSync(folder, { recursive: true, force: true })
  })
  const home = await openHome(folder)
  await prepare?.(home)
  await home.close()
  writeFileSync(join(folder, 'hap.yaml'), CONFIGURATION)
  const config = ['-c', join(folder, 'hap.yaml')]
  return {
    folder,
    async start({ args = ['portal', '--no-mesh', ...config], ...init } = {}) {
      const terminal = await startOnPty({
        program: PORTAL,
        ...init,
        args: ['--data', folder, ...args],
      })
      running.push(terminal)
      return terminal
    },
  }
}

/** Another participant, in this process. */
async function agentOnMesh(): Promise<{ participant: Participant; inbox: Inbox }> {
  const home = mkdtempSync(join(tmpdir(), 'bzzz-pty-agent-'))
  const configuration = participantSchema(DEFAULTS.agent).parse({
    home,
    http: { port: 0 },
    health: { port: 0 },
    mesh: { follow: [SHOP] },
  })
  const log = createLog({ output: process.stderr, level: 'silent' })
  const health = async (): Promise<ReadonlyMap<string, Health>> => new Map()
  const init = { configuration, version: '0', log, health, now: Date.now }
  const { services, participant } = participantServices(init)
  const running = await startServices(services, { schedule })
  const self: Self = { name: 'builder', roles: ['coder'] }
  const inbox = createInbox({ store: participant.store, self })
  onTestFinished(async () => {
    inbox.close()
    await running.stop()
    rmSync(home, { recursive: true, force: true })
  })
  return { participant, inbox }
}

function schedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

async function withPlan({ store }: Home): Promise<void> {
  for (const text of ['one\n', 'two\n', 'three\n'])
    await store.put({ address: PLAN, content: Buffer.from(text), contentType: 'text/markdown' })
  await store.put({
    address: PLAN.replace('plan', 'evil'),
    content: Buffer.from('\u001b[2J\u001b]0;owned\u0007 你好 👩‍🚀 end\n'),
  })
}

async function withProposal(home: Home): Promise<void> {
  await withPlan(home)
  const agent = createInbox({ store: home.store, self: { name: 'builder', roles: ['coder'] } })
  const at = { project: 'shop', task: 'checkout', to: ['ada'] }
  await agent.send({ ...at, kind: 'proposal', title: 'May I?', about: [PLAN] })
  agent.close()
}

describe.skipIf(why !== undefined)('the portal on a terminal', () => {
  test('walks through the history of a context, and leaves the terminal as it was', async () => {
    const { start } = await place(withPlan)
    const terminal = await start()
    await terminal.until('Nothing awaits you.')
    expect(terminal.isFullScreen).toBe(true)
    terminal.press('2')
    const list = await terminal.until('plan.md')
    expect(list.split('\n')[0]).toContain('[2 contexts]')
    terminal.press('down', 'enter')
    await terminal.until('version 3 of 3')
    terminal.press('left')
    await terminal.until(/version 2 of 3[^]*signature holds[^]*\n {2}two/)
    terminal.press('d')
    await terminal.until(/-one\s+\+two/)
    terminal.press('backspace', 'r')
    await terminal.until('Write version 2 again, as the newest? (y/n)')
    terminal.press('y')
    await terminal.until('Version 4 is written')
    terminal.press('u')
    await terminal.until('Taken back: version 5 says what version 3 says.')
    terminal.press('q')
    expect(await terminal.exited).toBe(0)
    expect(terminal.isFullScreen).toBe(false)
  })

  test('what a content has for the terminal does not reach it, and wide signs do no harm', async () => {
    const { start } = await place(withPlan)
    const terminal = await start()
    terminal.press('2')
    await terminal.until('evil.md')
    terminal.press('enter')
    const shown = await terminal.until('␛[2J␛]0;owned␇ 你好 👩🚀 end')
    expect(terminal.raw).not.toContain('owned\u0007')
    // All other lines are where they were.
    expect(shown.split('\n')[2]).toBe('─'.repeat(80))
    expect(shown.split('\n').at(-1)).toContain('q quit')
  })

  test('a proposal is approved by whoever reads it, with what it is about', async () => {
    const { start, folder } = await place(withProposal)
    const terminal = await start()
    await terminal.until(/\[1 inbox \(1\)\][^]*> proposal +May I\?/)
    terminal.press('enter')
    await terminal.until(/About ada:author@shop:checkout\/\*~3\/plan\.md[^]*\n {2}three/)
    terminal.press('a')
    await terminal.until('APPROVE, with a comment')
    terminal.press('yes, go on', 'enter')
    await terminal.until('approved by ada')
    terminal.press('ctrl-c')
    expect(await terminal.exited).toBe(0)
    // Kept in the home, as a signed record.
    const home = await openHome(folder)
    const inbox = createInbox({ store: home.store, self: { name: 'builder', roles: ['coder'] } })
    const [item] = await inbox.items({ all: true })
    expect(item?.standing).toMatchObject({
      status: 'approved',
      by: [{ comment: 'yes, go on', content: item?.content, by: { did: home.identity.did } }],
    })
    inbox.close()
    await home.close()
  })

  test('what another process writes appears by itself', async () => {
    const { start, folder } = await place()
    const terminal = await start()
    terminal.press('5')
    await terminal.until('Nothing has happened yet.')
    const home = await openHome(folder)
    await home.store.put({ address: PLAN, content: Buffer.from('x') })
    await terminal.until(/> .*new +ada:author@shop:checkout\/plan\.md/)
    await home.close()
  })

  test('the editor of the person writes the text of a message', async () => {
    const { start, folder } = await place()
    const editor = join(folder, 'editor.sh')
    writeFileSync(editor, 'printf "written in the editor" > "$1"\n')
    const terminal = await start({ env: { VISUAL: `sh ${editor}` } })
    await terminal.until('Nothing awaits you.')
    terminal.press('c')
    await terminal.until('[6 compose]')
    terminal.press('G', 'e')
    await terminal.until(/Text +written in the editor/)
    terminal.press('q')
    expect(await terminal.exited).toBe(0)
  })

  test('a smaller terminal is told what is needed, and a larger one is used', async () => {
    const { start } = await place(withPlan)
    const terminal = await start()
    await terminal.until('Nothing awaits you.')
    terminal.resize(79, 24)
    // And nothing else: it stands alone.
    await terminal.until(/^bzzz-hap needs 80×24; this terminal has 79×24\.\n[^\n]*\n\s*$/)
    terminal.resize(120, 40)
    const wide = await terminal.until(/q quit\s*$/)
    expect(wide).toContain('Nothing awaits you.')
    expect(wide.split('\n')[2]).toBe('─'.repeat(120))
    expect(wide.split('\n')[39]).toContain('q quit')
    terminal.resize(20, 4)
    await terminal.until(/^bzzz-hap needs 80×2…\n[^\n]*\s*$/)
    terminal.press('q')
    expect(await terminal.exited).toBe(0)
  })

  test('without colours nothing is lost', async () => {
    const { start } = await place(withPlan)
    const terminal = await start({ env: { NO_COLOR: '1' } })
    terminal.press('2')
    await terminal.until(/> ada:author@shop:checkout\/evil\.md/)
    terminal.press('j', 'enter')
    await terminal.until('signature holds')
    // Bold and inverse are no colours; what begins with 3, 4, 9 or 10 is one.
    // oxlint-disable-next-line no-control-regex
    expect(terminal.raw).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-9]|4[0-8]|9[0-7]|10[0-7])[;m]/)
  })

  test('joins the mesh where nobody else has the home, and else says who has', async () => {
    const { start, folder } = await place()
    const args = ['-c', join(folder, 'hap.yaml')]
    const first = await start({ args: ['portal', ...args] })
    await first.until('mesh: 0 peers')
    first.press('4')
    await first.until(/ok +mesh/)
    const second = await start({ args: ['portal', ...args] })
    const told = await second.until('no mesh')
    expect(told).toContain(`is in use by process ${first.pid}`)
    second.press('q')
    expect(await second.exited).toBe(0)
    first.press('q')
    expect(await first.exited).toBe(0)
  })

  test('a question comes over the mesh, and the answer goes back', async () => {
    const { start, folder } = await place()
    const { participant, inbox } = await agentOnMesh()
    const at = { project: 'shop', task: 'checkout', to: ['ada'] }
    const choices = ['red', 'blue']
    const asked = await inbox.send({ ...at, kind: 'question', title: 'Which colour?', choices })
    const mesh = ['--mesh-bootstrap', participant.mesh.addresses[0]!, '--mesh-follow', SHOP]
    const terminal = await start({ args: ['portal', '-c', join(folder, 'hap.yaml'), ...mesh] })
    await terminal.until(/> question +Which colour\? +by builder/)
    await terminal.until('mesh: 1 peer')
    terminal.press('enter')
    await terminal.until('> 1. red')
    terminal.press('down', 'enter')
    await terminal.until('Answer "blue"? (y/n)')
    terminal.press('y')
    await terminal.until('answered by ada')
    const standing = async () => (await inbox.item(asked.address)).standing
    await expect.poll(standing, { timeout: 20_000 }).toMatchObject({ by: { answer: 'blue' } })
    terminal.press('q')
    expect(await terminal.exited).toBe(0)
  })

  test('no command on a terminal is the portal; a signal ends it, and the terminal is as before', async () => {
    const { start } = await place()
    const env = { BZZZ_HTTP_PORT: '0', BZZZ_HEALTH_PORT: '0' }
    const terminal = await start({ args: [], env })
    await terminal.until('Nothing awaits you.')
    process.kill(terminal.pid, 'SIGTERM')
    await terminal.exited
    expect(terminal.isFullScreen).toBe(false)
  })
})
