import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appArguments } from '../../../test/app.ts'

/** The devnet as a process of its own, and what it says. Whoever starts it ends it. */
export async function serveDevnet(...args: readonly string[]) {
  const child = spawn(process.execPath, [...appArguments('testbot'), 'devnet', ...args])
  const ended = new Promise<number | null>((done) => {
    child.on('exit', done)
  })
  let errors = ''
  child.stderr.on('data', (more: Buffer) => (errors += String(more)))
  const first = Promise.race([
    once(child.stdout, 'data').then(([data]) => String(data)),
    ended.then(() => ''),
  ])
  return {
    child,
    ended,
    text: await first,
    errors: () => errors,
    end: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A devnet that runs elsewhere, and how a scenario names it. */
export async function servedNetworks(...args: readonly string[]) {
  const { text, end } = await serveDevnet('--json', ...args)
  const { alpha, delta, faucet } = JSON.parse(text) as Record<'alpha' | 'delta' | 'faucet', string>
  const target = { kind: 'networks', alphaos: alpha, deltaos: delta } as const
  return { target, faucet, end, flag: `${alpha},${delta}` }
}
