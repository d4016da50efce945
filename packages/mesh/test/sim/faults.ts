import type { Life } from './life.ts'
import type { Member } from './member.ts'
import type { Weather } from './network.ts'

/** How long things go wrong, in simulated milliseconds. */
export const FAULTS_MS = 60_000

const CRASHES = 3
// How many of those that stop do so in good order.
const CLEAN = 0.2
const CUTS = 3
const WEATHERS = 5
const CLOCKS = 1
// How far a clock is set, to both sides.
const SET_MS = 60_000

/** Draws what will go wrong in a life, and when. */
export function planFaults(life: Life): void {
  const { random, members, network } = life
  const at = (share = 0.95): number => random() * share * FAULTS_MS
  const upTo = (most: number): number => Math.floor(random() * (most + 1))
  for (let count = upTo(WEATHERS); count > 0; count--) {
    life.at(at(), async () => {
      const next = weather(random)
      life.tell(`the weather changes: ${JSON.stringify(next)}`)
      network.weather = next
    })
  }
  for (let count = upTo(CUTS); count > 0; count--) {
    life.at(at(), async () => {
      const sides = members.map(() => random() < 0.5)
      const [some, others] = [true, false].map((side) =>
        members.filter((_, place) => sides[place] === side),
      )
      const oneWay = random() < 0.5
      const [from, to] = [idsOf(some), idsOf(others)]
      const heal = network.mock.partition(from, to, { oneWay })
      life.counts.cuts++
      life.tell(`cut off${oneWay ? ' one way' : ''}: ${some?.map(({ agent }) => agent).join(' ')}`)
      life.at(1000 + 25_000 * random(), async () => {
        life.tell('a cut ends')
        heal()
      })
    })
  }
  for (let count = upTo(CLOCKS); count > 0; count--) {
    const member = life.someone()
    life.at(at(), async () => {
      member.skewMs += Math.floor((2 * random() - 1) * SET_MS)
      life.tell(`the clock of ${member.agent} is set: it is ${member.skewMs} ms off`)
    })
  }
  for (let count = upTo(CRASHES); count > 0; count--) {
    const member = life.someone()
    const isClean = random() < CLEAN
    life.at(at(), async () => (isClean ? life.leave(member) : life.crash(member)))
  }
}

function idsOf(members: readonly Member[] = []): string[] {
  return members.map(({ identity }) => identity.peerId)
}

function weather(random: () => number): Weather {
  const rate = (most: number): number => (random() < 0.5 ? 0 : random() * most)
  const min = random() * 20
  return {
    latency: { min, max: min + random() ** 3 * 1500 },
    loss: rate(0.3),
    duplication: rate(0.3),
    reordering: rate(0.3),
  }
}
