import { createMemoryIndex, createNavigator, toInstant } from '@bzzz/temporal-nav'
import type { MemoryIndex, Navigator, VersionEntry } from '@bzzz/temporal-nav'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'

const KEY = 'claude:architect@shop:checkout/decisions/payment.json'
const MILLION = 1_000_000
const START = Date.UTC(2020, 0, 1)
const OPERATIONS = 1000
// A few thousand places that come again and again would be learnt by the branch predictor and kept
// in the processor's cache: the bare search is then twenty times as fast as any user will see it.
const BLOCKS = 256

/** Park and Miller's generator: the same places in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

interface Timeline {
  readonly index: MemoryIndex
  readonly entries: readonly VersionEntry[]
  readonly times: readonly number[]
}

/** Versions in bursts, as people and agents write them: mostly within a second, then hours. */
function createTimeline(length: number): Timeline {
  const random = createRandom(7)
  const index = createMemoryIndex()
  const entries: VersionEntry[] = []
  let time = START
  for (let version = 1; version <= length; version++) {
    time += 1 + random(random(20) === 0 ? 3_600_000 : 1000)
    entries.push(index.append(KEY, { version, time, content: `content-${version % 1000}` }))
  }
  return { index, entries, times: entries.map((entry) => entry.time) }
}

/** Version numbers in blocks of {@link OPERATIONS}. */
function randomPlaces(length: number): readonly (readonly number[])[] {
  const random = createRandom(11)
  return Array.from({ length: BLOCKS }, () =>
    Array.from({ length: OPERATIONS }, () => 1 + random(length)),
  )
}

/** Gives one block after the other, and begins again after the last. */
function rotate<T>(blocks: readonly (readonly T[])[]): () => readonly T[] {
  let turn = 0
  return () => blocks[turn++ % blocks.length] ?? []
}

/** What a user would write by hand: the place of the newest time that is not after `time`. */
function search(times: readonly number[], time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

async function nothing(): Promise<void> {}
async function nothingTwice(): Promise<void> {
  await nothing()
}

async function walk(navigator: Navigator, places: readonly number[]): Promise<void> {
  for (const place of places) {
    const steps = place - navigator.current.version
    if (steps > 0) await navigator.forward(steps)
    else if (steps < 0) await navigator.back(-steps)
  }
}

async function moves({ index, entries, times }: Timeline): Promise<Figure[]> {
  const places = randomPlaces(MILLION)
  const wanted = places.map((block) => block.map((place) => times[place - 1] ?? START))
  const instants = wanted.map((block) => block.map((time) => toInstant(time)))
  const navigator = await createNavigator(index, KEY)
  const [walked, numbered, dated, asked] = [
    rotate(places),
    rotate(places),
    rotate(instants),
    rotate(wanted),
  ]
  const [bareTimes, bareInstants] = [rotate(wanted), rotate(instants)]
  const searched = {
    what: 'binary search in a bare array',
    run: (): number => {
      let sum = 0
      for (const time of bareTimes()) sum += entries[search(times, time)]?.version ?? 0
      return sum
    },
  }
  const parsedAndSearched = {
    what: 'Date.parse, then the same search',
    run: (): number => {
      let sum = 0
      for (const instant of bareInstants()) {
        sum += entries[search(times, Date.parse(instant))]?.version ?? 0
      }
      return sum
    },
  }
  const subjects = [
    {
      name: 'back(N), forward(N)',
      reference: searched,
      subject: async () => await walk(navigator, walked()),
    },
    {
      name: 'at(N)',
      reference: searched,
      subject: async () => {
        for (const version of numbered()) await navigator.at(version)
      },
    },
    {
      name: 'goto an instant',
      reference: parsedAndSearched,
      subject: async () => {
        for (const instant of dated()) await navigator.goto({ kind: 'instant', instant })
      },
    },
    {
      name: 'asOf of the index alone',
      reference: searched,
      subject: async () => {
        for (const time of asked()) await index.asOf(KEY, time)
      },
    },
  ]
  const figures: Figure[] = []
  for (const { name, reference, subject } of subjects) {
    const what = `${name}, 1,000,000 versions`
    figures.push(await compare({ what, subject, reference, atLeast: 0.3, operations: OPERATIONS }))
  }
  return figures
}

/** How much of a move is the waiting: two promises is the least that such an interface can do. */
async function singleSteps({ index }: Timeline): Promise<Figure> {
  const navigator = await createNavigator(index, KEY)
  return await compare({
    what: 'back(), forward(), 1,000,000 versions',
    subject: async () => {
      for (let i = 0; i < OPERATIONS; i += 2) {
        await navigator.back()
        await navigator.forward()
      }
    },
    reference: {
      what: 'two nested async functions that do nothing',
      run: async () => {
        for (let i = 0; i < OPERATIONS; i++) await nothingTwice()
      },
    },
    atLeast: 0.3,
    operations: OPERATIONS,
  })
}

async function asOfByLength(long: Timeline): Promise<Figure> {
  const short = createTimeline(100)
  const blocks = ({ times }: Timeline): (() => readonly number[]) =>
    rotate(randomPlaces(times.length).map((block) => block.map((place) => times[place - 1] ?? 0)))
  const [longTimes, shortTimes] = [blocks(long), blocks(short)]
  return await compare({
    what: 'asOf of the index alone, 1,000,000 versions',
    subject: async () => {
      for (const time of longTimes()) await long.index.asOf(KEY, time)
    },
    reference: {
      what: 'asOf, 100 versions',
      run: async () => {
        for (const time of shortTimes()) await short.index.asOf(KEY, time)
      },
    },
    // 20 steps against 7, and the processor's cache holds 100 versions but not a million: a linear
    // search would be at 0.0001.
    atLeast: 0.1,
    operations: OPERATIONS,
  })
}

const bench: Bench = {
  package: 'temporal-nav',
  async run() {
    const timeline = createTimeline(MILLION)
    return [...(await moves(timeline)), await singleSteps(timeline), await asOfByLength(timeline)]
  },
}

export default bench
