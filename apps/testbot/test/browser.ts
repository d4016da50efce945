import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const PROGRAM = process.env['CHROMIUM'] ?? 'chromium'

/** Why there is no browser; undefined where there is one. */
export function whyNoBrowser(): string | undefined {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    return `${PROGRAM} cannot be started (${(error as NodeJS.ErrnoException).code}): install chromium, or set CHROMIUM`
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** A page in a browser that reaches no network. */
export interface Page {
  /** All that it asked for, and all that it complained about. */
  readonly asked: string[]
  readonly complaints: string[]
  open(url: string, width: number): Promise<void>
  /** What an expression gives, as JSON. */
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

/** Starts the browser, and speaks with it over a pipe. */
export async function openPage(): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), 'testbot-browser-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe']
  const offline = ['--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${folder}`]
  const child = spawn(PROGRAM, [...flags, ...offline], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise((done) => {
    child.on('exit', done)
  })
  const [, , , to, from] = child.stdio as unknown as [null, null, null, Writable, Readable]
  const waiting = new Map<number, (message: Message) => void>()
  const loaded = new Set<() => void>()
  const page = { asked: [] as string[], complaints: [] as string[] }
  const hear = ({ id, method, params, ...rest }: Message): void => {
    if (id !== undefined) return waiting.get(id)?.({ id, ...rest })
    if (method === 'Network.requestWillBeSent') {
      page.asked.push((params as { request: { url: string } }).request.url)
    } else if (method === 'Log.entryAdded') page.complaints.push(JSON.stringify(params))
    else if (method === 'Page.loadEventFired') for (const tell of loaded) tell()
  }
  let rest = ''
  from.setEncoding('utf8').on('data', (text: string) => {
    const [first = '', ...others] = text.split('\0')
    rest += first
    for (const other of others) {
      hear(JSON.parse(rest) as Message)
      rest = other
    }
  })
  let [number, session] = [0, '']
  const call = async (method: string, params: object = {}): Promise<Message['result']> => {
    const id = ++number
    const answer = new Promise<Message>((resolve) => {
      waiting.set(id, resolve)
    })
    const whole = { id, method, params, ...(session !== '' && { sessionId: session }) }
    to.write(`${JSON.stringify(whole)}\0`)
    const { result, error } = await answer
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
  const target = await call('Target.createTarget', { url: 'about:blank' })
  const attached = await call('Target.attachToTarget', { ...target, flatten: true })
  session = String(attached?.['sessionId'])
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await call(`${domain}.enable`)
  return {
    ...page,
    async open(url, width) {
      const size = { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 }
      await call('Emulation.setDeviceMetricsOverride', size)
      const { promise, resolve } = Promise.withResolvers<void>()
      loaded.add(resolve)
      await call('Page.navigate', { url })
      await promise
      loaded.delete(resolve)
    },
    async evaluate(expression) {
      const answer = await call('Runtime.evaluate', { expression, returnByValue: true })
      return (answer?.['result'] as { value?: unknown } | undefined)?.value
    },
    async close() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
