import { createDevnet, type Devnet, type Faults } from '@bzzz/adnet/devnet'
import type { Clock, Random } from '@bzzz/bot-framework'
import type { Actor, Stage } from '../actor.ts'
import type { Scenario } from '../scenario.ts'
import { playersOn } from './players.ts'
import { keysFrom, type Target } from './target.ts'

/** A devnet of this process: the AX/DX networks. */
export function devnetTarget(
  scenario: Scenario,
  init: { readonly clock: Clock; readonly random: Random; readonly seed: string | number },
): Target<Actor, Stage> {
  const { clock, random, seed } = init
  const { limits } = scenario
  const devnet: Devnet = createDevnet({ clock, seed, ...(limits && { limits }) })
  const known: (keyof Faults)[] = []
  return {
    ...playersOn({
      scenario,
      clock,
      random,
      ways: { alpha: devnet.alpha, delta: devnet.delta },
      // Each is a client of its own for the limits, as each would have an address of its own.
      headersOf: ({ did }) => ({ 'x-forwarded-for': did }),
      keysFrom: keysFrom(seed),
      fund: (address, token, amount) => devnet.fund(address, token, amount),
    }),
    setFaults: (faults) => {
      for (const name of known.splice(0)) delete devnet.faults[name]
      Object.assign(devnet.faults, faults)
      known.push(...(Object.keys(faults) as (keyof Faults)[]))
    },
    verdicts: async () => {
      const { flaws } = devnet.audit()
      const detail = flaws.join('; ') || 'yes'
      return [{ name: 'the books are in order', ok: flaws.length === 0, detail }]
    },
    close: async () => devnet.close(),
  }
}
