import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  ALPHA,
  DELTA,
  sign,
  type Network,
  type Route,
  type TransportResponse,
} from '../src/index.ts'
import { namesIn } from '../src/route.ts'
import { knownParams, SAMPLES, UNKNOWN } from './samples.ts'
import { busyTown, town, type BusyTown, type Person } from './town.ts'

type Input = Readonly<Record<string, unknown>>

const tables: readonly (readonly [Network, Readonly<Record<string, Route>>])[] = [
  ['alpha', ALPHA],
  ['delta', DELTA],
]
const routes = tables.flatMap(([network, table]) =>
  Object.entries(table).map(([name, route]) => ({
    network,
    name,
    route,
    title: `${network} ${route.method} ${route.path}`,
  })),
)
type Row = (typeof routes)[number]
const { signal } = new AbortController()

/** A good input of a route: what stands in its path, and what else it takes. */
async function inputOf({ network, name, route }: Row, place: BusyTown): Promise<Input> {
  const more = (await SAMPLES[name]?.(place, network)) ?? {}
  const known = await knownParams(network, place)
  return {
    ...Object.fromEntries(namesIn(route.path).map((param) => [param, known[param]])),
    ...more,
  }
}

/** As {@link inputOf}, on the wire; changed as asked, and signed as it then is. */
function raw(
  row: Row,
  input: Input,
  options: { signer?: Person; changed?: Input; token?: string; body?: string } = {},
) {
  const { network, name, route } = row
  const names = namesIn(route.path)
  const isIn = ([key]: [string, unknown]): boolean => names.includes(key)
  const entries = Object.entries(input)
  const params = z.encode(route.params, Object.fromEntries(entries.filter(isIn))) as Input
  const rest = z.encode(
    route.body ?? route.query,
    Object.fromEntries(entries.filter((entry) => !isIn(entry))),
  )
  const fields = { ...(rest as Input), ...options.changed }
  const path = route.path.replaceAll(/:([a-z]+)/g, (_, key: string) => String(params[key]))
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  if (!route.body) {
    const query = String(new URLSearchParams(fields as Record<string, string>))
    return { method: route.method, path: query === '' ? path : `${path}?${query}`, headers, signal }
  }
  const whole = options.signer
    ? {
        ...fields,
        auth: sign(options.signer, {
          network,
          operation: name,
          nonce: 2 ** 40,
          input: { ...params, ...fields },
        }),
      }
    : fields
  return {
    method: route.method,
    path,
    headers,
    body: options.body ?? JSON.stringify(whole),
    signal,
  }
}

async function said({ body }: TransportResponse): Promise<unknown> {
  let text = ''
  for await (const part of body) text += Buffer.from(part).toString()
  return JSON.parse(text)
}

const problem = { message: expect.any(String), chain: [] }
const whoOf = ({ route }: Row, place: BusyTown) =>
  route.access === 'signature' ? { signer: place.ada } : {}

test('there are as many routes as there should be, and no two at one place', () => {
  const places = routes.map(({ network, route }) => `${network} ${route.method} ${route.path}`)
  expect(new Set(places).size).toBe(places.length)
  expect(tables.map(([, table]) => Object.keys(table).length)).toEqual([96, 85])
})

describe.each(routes)('$title', (row) => {
  const { network, name, route } = row

  test('does what it is for', async () => {
    const place = await busyTown()
    const input = await inputOf(row, place)
    // A price counts when an oracle says it.
    const who = name === 'submitPrice' ? { signer: place.devnet.oracles[0]! } : whoOf(row, place)
    const answer = await place.devnet[network](raw(row, input, { ...who, token: 'operator' }))
    const json = await said(answer)
    expect([answer.status, json]).toEqual([200, json])
    expect(z.safeDecode(route.response, json as never)).toMatchObject({ success: true })
    expect(place.devnet.audit()).toEqual({ isSound: true, flaws: [] })
  })

  test('refuses what cannot be', async () => {
    const place = await busyTown()
    const input = await inputOf(row, place)
    const options = { ...whoOf(row, place), token: 'operator', changed: { nonsense: '1' } }
    const answer = await place.devnet[network](raw(row, input, options))
    expect([answer.status, await said(answer)]).toEqual([400, problem])
    for (const param of namesIn(route.path)) {
      const request = raw(row, input, { ...whoOf(row, place), token: 'operator' })
      const path = route.path.replace(`:${param}`, '~').replaceAll(/:[a-z]+/g, '1')
      const { status } = await place.devnet[network]({ ...request, path })
      expect([400, 401]).toContain(status)
    }
  })

  test('asks who it is before it reads what is wanted', async () => {
    const place = await busyTown()
    const input = await inputOf(row, place)
    const closed = town({ keys: ['key'] }).devnet
    const without = await closed[network](raw(row, input))
    expect([without.status, await said(without)]).toEqual([401, problem])
    if (route.access === 'public') return
    for (const token of [undefined, 'another'] as const) {
      const rest = token === undefined ? {} : { token }
      const answer = await place.devnet[network](
        raw(row, input, { ...rest, changed: { nonsense: 1 } }),
      )
      expect([answer.status, await said(answer)]).toEqual([401, problem])
    }
    if (route.access !== 'signature') return
    // Signed by somebody for another operation.
    const { body = '{}', ...request } = raw(row, input, { signer: place.bob })
    const changed = { ...(JSON.parse(body) as Input), nonsense: 1 }
    const forged = await place.devnet[network]({ ...request, body: JSON.stringify(changed) })
    expect([forged.status, await said(forged)]).toEqual([401, problem])
  })

  test('bounds how often it is asked', async () => {
    const place = await busyTown()
    const input = await inputOf(row, place)
    const { devnet, clock } = town({ limits: { perSecond: 0.5, burst: 1 } })
    const ask = async () => devnet[network](raw(row, input))
    expect((await ask()).status).not.toBe(429)
    const answer = await ask()
    expect([answer.status, answer.headers['retry-after'], await said(answer)]).toEqual([
      429,
      '2',
      problem,
    ])
    await clock.advance(2_000)
    expect((await ask()).status).not.toBe(429)
  })
})

/** What in the input of a route names a thing that may not be there. */
function idsOf({ route }: Row): string[] {
  const inBody = Object.keys(route.body?.shape ?? {}).filter(
    (id) => id !== 'name' && id !== 'height',
  )
  const all = [...namesIn(route.path), ...inBody, ...Object.keys(route.query.shape)]
  return all.filter((id) => Object.hasOwn(UNKNOWN, id))
}
const named = routes.flatMap((row) => idsOf(row).map((id) => ({ ...row, id })))

test.each(named)('$title does not know a $id that is not there', async (row) => {
  const { network, id } = row
  const place = await busyTown()
  const input = { ...(await inputOf(row, place)), [id]: UNKNOWN[id] }
  const options = { ...whoOf(row, place), token: 'operator' }
  const answer = await place.devnet[network](raw(row, input, options))
  expect([answer.status, await said(answer)]).toEqual([404, problem])
})
