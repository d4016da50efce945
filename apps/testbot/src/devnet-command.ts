import { once } from 'node:events'
import { createDevnet } from '@bzzz/adnet/devnet'
import { systemClock } from '@bzzz/bot-framework'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { BREAKS, faultsOf, type Break } from './breaks.ts'
import type { World } from './program.ts'
import { faucetOf, secretOf } from './targets/faucet.ts'

/** What the faucet has of each: enough for a million bots. */
const PLENTY = 10n ** 24n

interface Options {
  readonly port: number
  readonly seed: string
  readonly blockMs: number
  readonly fund: readonly Grant[]
  readonly break?: Break
  readonly json?: boolean
}

interface Grant {
  readonly address: string
  readonly token: 'AX' | 'sAX' | 'DX'
  readonly amount: bigint
}

/** Adds `devnet`: both networks over HTTP, for who wants to try a client on them. */
export function addDevnetCommand(program: Command, world: World): void {
  const { stand } = world
  program
    .command('devnet')
    .description(
      'serve the AX/DX networks, simulated, on loopback until it is told to end (Ctrl-C)',
    )
    .option('--port <port>', 'of AlphaOS; DeltaOS has the next one; 0: free ones', portOf, 0)
    .option('--seed <seed>', 'one seed gives one history', '1')
    .option('--block-ms <ms>', 'milliseconds between two blocks', millisecondsOf, 5_000)
    .option('--fund <address:token:amount>', 'money to begin with; again for more', addGrant, [])
    .addOption(new Option('--break <how>', 'break it on purpose').choices(BREAKS))
    .option('--json', 'where it is, as JSON')
    .addHelpText(
      'after',
      `
The operator’s token is "operator". The faucet is the key of an account with money on both networks, the same on every
devnet: it pays what bots of "run --target" need. Nothing is kept: each start begins anew.

Exit status: 0 it was told to end, 2 it cannot be started.

Examples:
  bzzz-testbot devnet --port 3030                 then: bzzz-testbot run daily-users --target http://127.0.0.1:3030
  bzzz-testbot devnet --seed 7 --block-ms 200 --fund ax1...:AX:1000000
  curl http://127.0.0.1:3030/v2/devnet/block/height/latest
`,
    )
    .action(async ({ port, seed, blockMs, fund, break: how, json }: Options) => {
      const devnet = createDevnet({ clock: systemClock, seed, blockMs })
      try {
        Object.assign(devnet.faults, faultsOf(how))
        const faucet = faucetOf()
        for (const token of ['AX', 'sAX'] as const) devnet.fund(faucet.ax, token, PLENTY)
        for (const token of ['AX', 'DX'] as const) devnet.fund(faucet.dx, token, PLENTY)
        for (const { address, token, amount } of fund) devnet.fund(address, token, amount)
        const urls = await devnet.listen(port === 0 ? {} : { alpha: port, delta: port + 1 })
        const places = { ...urls, faucet: secretOf(faucet) }
        const lines = `AlphaOS  ${places.alpha}\nDeltaOS  ${places.delta}\nFaucet   ${places.faucet}\n`
        stand.write(json ? `${JSON.stringify(places)}\n` : lines)
        if (!world.signal.aborted) await once(world.signal, 'abort')
      } finally {
        await devnet.close()
      }
    })
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_534)
    throw new InvalidArgumentError(`Expected a port to 65534, got ${text}`)
  return port
}

function millisecondsOf(text: string): number {
  const ms = Number(text)
  if (!/^\d+$/.test(text) || ms < 1 || ms > 86_400_000) {
    throw new InvalidArgumentError(`Expected milliseconds from 1 to 86400000, got ${text}`)
  }
  return ms
}

function addGrant(text: string, before: readonly Grant[]): readonly Grant[] {
  const match = /^(?<address>[a-z0-9]+):(?<token>AX|sAX|DX):(?<amount>[1-9]\d{0,38})$/.exec(text)
  const { address, token, amount } = match?.groups ?? {}
  if (address === undefined || token === undefined || amount === undefined) {
    throw new InvalidArgumentError(`Expected <address>:<AX, sAX or DX>:<amount>, got ${text}`)
  }
  return [...before, { address, token: token as Grant['token'], amount: BigInt(amount) }]
}
