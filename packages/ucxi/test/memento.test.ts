import { describe, expect, test } from 'vitest'
import { at, PLAN, problemIn, serve, type Served } from './serve.ts'

// After RFC 7089, clause by clause, in the pattern of its 4.2.1: the TimeGate apart from the original,
// 302, and a URL for each version.

const GATE = PLAN.replace('/ucxl/', '/timegate/')
const MAP = PLAN.replace('/ucxl/', '/timemap/')
const CONTEXT = 'claude:architect@shop%3Acheckout'
const T = {
  before: 'Thu, 31 Jul 2025 00:00:00 GMT',
  one: 'Fri, 01 Aug 2025 00:00:00 GMT',
  two: 'Fri, 01 Aug 2025 00:01:00 GMT',
  between: 'Fri, 01 Aug 2025 00:01:30 GMT',
  three: 'Fri, 01 Aug 2025 00:02:00 GMT',
  after: 'Fri, 01 Aug 2025 12:00:00 GMT',
}

interface Link {
  readonly uri: string
  readonly rel: readonly string[]
  readonly datetime?: string
  readonly type?: string
  readonly from?: string
  readonly until?: string
}

/** Reads `<uri>; name="value"; …, …` as headers and link-format have it. */
function linksIn(text: string): Link[] {
  return text.split(/,\s*(?=<)/).map((one) => {
    const [, uri = '', rest = ''] = /^<([^>]*)>(.*)$/s.exec(one.trim()) ?? []
    const given = [...rest.matchAll(/;\s*([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ])
    const { rel, ...others } = Object.fromEntries(given) as Record<string, string>
    return { uri, rel: (rel ?? '').split(' '), ...others }
  })
}

const header = (response: Response): Link[] => linksIn(response.headers.get('link') ?? '')
const find = (links: Link[], rel: string): Link | undefined =>
  links.find((link) => link.rel.includes(rel))

async function gate(served: Served, date?: string, method = 'GET'): Promise<Response> {
  const headers = date === undefined ? {} : { 'accept-datetime': date }
  return served.fetch(GATE, { method, headers, redirect: 'manual' })
}

async function filled(): Promise<Served> {
  const served = await serve()
  await served.threeVersions()
  return served
}

describe('2.1 headers', () => {
  test.each([
    ['2025-08-01T00:00:00Z'],
    ['Fri, 01 Aug 2025 00:00:00 CET'],
    ['Fri, 1 Aug 2025 00:00:00 GMT'],
    ['Thu, 30 Feb 2025 00:00:00 GMT'],
    ['Fri, 01 Aug 2025 25:00:00 GMT'],
    ['yesterday'],
  ])(
    'RFC 7089 2.1.1: an Accept-Datetime that is no RFC 1123 date in GMT is refused: %s',
    async (date) => {
      expect(await problemIn(await gate(await filled(), date))).toEqual([400, 'ERR_UCXI_REQUEST'])
    },
  )

  test('RFC 7089 2.1.1: a memento says the moment of its state, and it stays the same', async () => {
    const { fetch, put } = await filled()
    expect((await fetch(at('*~2'))).headers.get('memento-datetime')).toBe(T.two)
    await put(PLAN, 'four')
    expect((await fetch(at('*~2'))).headers.get('memento-datetime')).toBe(T.two)
  })

  test('RFC 7089 2.1.1: what is no memento has no Memento-Datetime', async () => {
    const served = await filled()
    for (const response of [await served.fetch(PLAN), await gate(served), await served.fetch(MAP)])
      expect(response.headers.has('memento-datetime')).toBe(false)
  })

  test('RFC 7089 2.1.2: only the TimeGate varies by accept-datetime', async () => {
    const served = await filled()
    expect((await gate(served, T.two)).headers.get('vary')).toBe('accept-datetime')
    expect((await gate(served, 'nonsense')).headers.get('vary')).toBe('accept-datetime')
    for (const path of [PLAN, at('*~2'), MAP])
      expect((await served.fetch(path)).headers.get('vary')).not.toContain('datetime')
  })

  test('RFC 7089 2.1.3: links are absolute, with a moment for each memento', async () => {
    const served = await filled()
    const links = [...header(await gate(served, T.two)), ...header(await served.fetch(at('*~2')))]
    for (const { uri, rel, datetime } of links) {
      expect(uri).toMatch(/^(?:http:\/\/127\.0\.0\.1:\d+\/|ucxl:\/\/)/)
      expect(rel.includes('memento')).toBe(datetime !== undefined)
    }
  })
})

describe('2.2 relation types', () => {
  test('RFC 7089 2.2.1: TimeGate, memento and TimeMap lead to the one original', async () => {
    const served = await filled()
    const original = `${served.url}/ucxl/${CONTEXT}/plan.md`
    expect(find(header(await gate(served)), 'original')?.uri).toBe(original)
    expect(find(header(await served.fetch(at('*~2'))), 'original')?.uri).toBe(original)
    expect(find(linksIn(await (await served.fetch(MAP)).text()), 'original')?.uri).toBe(original)
    expect(await (await fetch(original)).text()).toBe('three')
  })

  test('RFC 7089 2.2.2: original and memento lead to the TimeGate', async () => {
    const served = await filled()
    const timegate = `${served.url}/timegate/${CONTEXT}/plan.md`
    expect(find(header(await served.fetch(PLAN)), 'timegate')?.uri).toBe(timegate)
    expect(find(header(await served.fetch(at('*~2'))), 'timegate')?.uri).toBe(timegate)
    expect((await fetch(timegate, { redirect: 'manual' })).status).toBe(302)
  })

  test('RFC 7089 2.2.3: original, TimeGate and memento lead to the TimeMap, and say its form', async () => {
    const served = await filled()
    for (const response of [
      await served.fetch(PLAN),
      await gate(served),
      await served.fetch(at('*~2')),
    ])
      expect(find(header(response), 'timemap')).toMatchObject({
        uri: `${served.url}/timemap/${CONTEXT}/plan.md`,
        type: 'application/link-format',
      })
  })

  test('RFC 7089 2.2.4: mementos are linked as first, last, prev and next, with their moments', async () => {
    const served = await filled()
    const version = (number: string): string => `${served.url}/ucxl/${CONTEXT}/${number}/plan.md`
    for (const response of [await gate(served, T.two), await served.fetch(at('*~2'))]) {
      const links = header(response)
      const memento = (uri: string): Link | undefined => links.find((link) => link.uri === uri)
      expect(memento(version('*~'))).toMatchObject({ datetime: T.one })
      expect(memento(version('*~'))?.rel.slice(0, 3)).toEqual(['first', 'prev', 'memento'])
      expect(memento(version('*~2'))).toMatchObject({ datetime: T.two })
      expect(memento(version('*~2'))?.rel[0]).toBe('memento')
      expect(memento(version('*~3'))).toMatchObject({ datetime: T.three })
      expect(memento(version('*~3'))?.rel.slice(0, 3)).toEqual(['next', 'last', 'memento'])
    }
  })
})

describe('4.2.1 a TimeGate apart, 302, a URL for each memento', () => {
  test('RFC 7089 4.2.1, step 2: the original answers as if there were no date, and names the TimeGate', async () => {
    const { fetch } = await filled()
    const response = await fetch(PLAN, { headers: { 'accept-datetime': T.one } })
    expect([response.status, await response.text()]).toEqual([200, 'three'])
    expect(find(header(response), 'timegate')).toBeDefined()
    const head = await fetch(PLAN, { method: 'HEAD', headers: { 'accept-datetime': T.one } })
    expect(head.headers.get('link')).toBe(response.headers.get('link'))
  })

  test.each([
    ['of a version', T.two, '*~2'],
    ['between two', T.between, '*~2'],
  ])(
    'RFC 7089 4.2.1, step 4: the date %s leads to the version current then',
    async (_, date, version) => {
      const served = await filled()
      for (const method of ['GET', 'HEAD']) {
        const response = await gate(served, date, method)
        expect(response.status).toBe(302)
        expect(response.headers.get('location')).toBe(
          `${served.url}/ucxl/${CONTEXT}/${version}/plan.md`,
        )
        expect(response.headers.get('vary')).toContain('accept-datetime')
        expect(find(header(response), 'original')).toBeDefined()
        expect(response.headers.has('memento-datetime')).toBe(false)
        expect(await response.text()).toBe('')
      }
    },
  )

  test('RFC 7089 4.2.1, step 6: the memento is the state of that moment', async () => {
    const served = await filled()
    const location = (await gate(served, T.between)).headers.get('location') ?? ''
    const memento = await fetch(location)
    expect([memento.status, await memento.text()]).toEqual([200, 'two'])
    expect(memento.headers.get('memento-datetime')).toBe(T.two)
    expect(find(header(memento), 'original')).toBeDefined()
  })

  test('RFC 7089 4.2.1, step 6: a memento takes no notice of a date', async () => {
    const { fetch } = await filled()
    const memento = await fetch(at('*~2'), { headers: { 'accept-datetime': T.one } })
    expect([memento.status, await memento.text()]).toEqual([200, 'two'])
    expect(memento.headers.get('memento-datetime')).toBe(T.two)
  })

  test('RFC 7089 4.2.1: HTTP dates have steps of a second, versions have not', async () => {
    const served = await serve()
    served.clock.now += 400
    await served.put(PLAN, 'one')
    served.clock.now += 300
    await served.put(PLAN, 'two')
    const { headers } = await gate(served, T.one)
    expect(headers.get('location')).toContain('/*~2/')
    // Two versions of one second have URLs of their own.
    for (const [version, text] of [
      ['*~', 'one'],
      ['*~2', 'two'],
    ] as const) {
      const memento = await served.fetch(at(version))
      expect(await memento.text()).toBe(text)
      expect(memento.headers.get('memento-datetime')).toBe(T.one)
    }
  })
})

describe('4.5 special cases', () => {
  test('RFC 7089 4.5.2: an original that is no more still leads to its past', async () => {
    const { fetch } = await filled()
    await fetch(PLAN, { method: 'DELETE' })
    const gone = await fetch(PLAN)
    expect(gone.status).toBe(410)
    expect(find(header(gone), 'timegate')).toBeDefined()
    expect(find(header(gone), 'timemap')).toBeDefined()
    expect(gone.headers.has('memento-datetime')).toBe(false)
  })

  test('RFC 7089 4.5.3: a date before the first memento leads to the first, one after the last to the last', async () => {
    const served = await filled()
    const before = await gate(served, T.before)
    expect([before.status, before.headers.get('location')]).toEqual([
      302,
      `${served.url}/ucxl/${CONTEXT}/*~/plan.md`,
    ])
    const after = await gate(served, T.after)
    expect(after.headers.get('location')).toBe(`${served.url}/ucxl/${CONTEXT}/*~3/plan.md`)
  })

  test('RFC 7089 4.5.3: no date leads to the newest', async () => {
    const served = await filled()
    expect((await gate(served)).headers.get('location')).toContain('/*~3/')
  })

  test('RFC 7089 4.5.3: where there is no memento at all, there is no TimeGate', async () => {
    const served = await serve()
    expect(await problemIn(await gate(served, T.one))).toEqual([404, 'ERR_TEMPORAL_NOT_FOUND'])
  })

  test('RFC 7089 4.5.5: the memento of a deletion has its status, and is a memento', async () => {
    const served = await filled()
    await served.fetch(PLAN, { method: 'DELETE' })
    const location = (await gate(served, T.after)).headers.get('location') ?? ''
    expect(location).toContain('/*~4/')
    const memento = await fetch(location)
    expect(memento.status).toBe(410)
    expect(memento.headers.get('memento-datetime')).toBe('Fri, 01 Aug 2025 00:03:00 GMT')
    expect(find(header(memento), 'original')).toBeDefined()
    expect(find(header(memento), 'prev')?.uri).toContain('/*~3/')
  })
})

describe('5 TimeMaps', () => {
  test('RFC 7089 5: a TimeMap lists original, TimeGate, itself, and each memento with its moment', async () => {
    const { fetch, url } = await filled()
    const response = await fetch(MAP)
    expect(response.headers.get('content-type')).toBe('application/link-format')
    expect(linksIn(await response.text())).toEqual([
      { uri: `${url}/ucxl/${CONTEXT}/plan.md`, rel: ['original'] },
      { uri: `${url}/timegate/${CONTEXT}/plan.md`, rel: ['timegate'] },
      {
        uri: `${url}${MAP}`,
        rel: ['self'],
        type: 'application/link-format',
        from: T.one,
        until: T.three,
      },
      {
        uri: `${url}/timemap/${CONTEXT}/plan.md`,
        rel: ['timemap'],
        type: 'application/link-format',
      },
      { uri: `${url}/ucxl/${CONTEXT}/*~/plan.md`, rel: ['first', 'memento'], datetime: T.one },
      { uri: `${url}/ucxl/${CONTEXT}/*~2/plan.md`, rel: ['memento'], datetime: T.two },
      { uri: `${url}/ucxl/${CONTEXT}/*~3/plan.md`, rel: ['last', 'memento'], datetime: T.three },
    ])
  })

  test('RFC 7089 5: other forms are given to who asks for them', async () => {
    const { fetch, url } = await filled()
    const json = await fetch(MAP, { headers: { accept: 'application/json' } })
    expect(await json.json()).toMatchObject({
      original_uri: `${url}/ucxl/${CONTEXT}/plan.md`,
      timegate_uri: `${url}/timegate/${CONTEXT}/plan.md`,
      mementos: {
        first: { datetime: '2025-08-01T00:00:00Z', uri: `${url}/ucxl/${CONTEXT}/*~/plan.md` },
        last: { datetime: '2025-08-01T00:02:00Z', uri: `${url}/ucxl/${CONTEXT}/*~3/plan.md` },
        list: [{}, { datetime: '2025-08-01T00:01:00Z' }, {}],
      },
      versions: [{ version: 1 }, { version: 2 }, { version: 3 }],
    })
    const linkset = await fetch(MAP, { headers: { accept: 'application/linkset+json' } })
    expect(linkset.headers.get('content-type')).toBe('application/linkset+json')
    expect(await linkset.json()).toMatchObject({
      linkset: [
        {
          anchor: `${url}/ucxl/${CONTEXT}/plan.md`,
          timegate: [{ href: `${url}/timegate/${CONTEXT}/plan.md` }],
          memento: [{ datetime: [T.one] }, {}, { href: `${url}/ucxl/${CONTEXT}/*~3/plan.md` }],
        },
      ],
    })
  })

  test('RFC 7089 5.1.1: a long TimeMap comes in pages, each naming the next and what it spans', async () => {
    const { fetch, url } = await filled()
    const first = linksIn(await (await fetch(`${MAP}?limit=2`)).text())
    expect(find(first, 'self')).toMatchObject({ from: T.one, until: T.two })
    const next = first.find(({ rel, from }) => rel.includes('timemap') && from !== undefined)
    expect(next).toMatchObject({ from: T.three, until: T.three })
    const second = await fetch(next?.uri.slice(url.length) ?? '')
    const links = linksIn(await second.text())
    expect(links.filter(({ rel }) => rel.includes('memento')).map(({ uri }) => uri)).toEqual([
      `${url}/ucxl/${CONTEXT}/*~3/plan.md`,
    ])
    expect(links.filter(({ from }) => from !== undefined)).toHaveLength(1)
  })

  test('a timeline as of a moment ends there; one that had not begun says when it did', async () => {
    const { fetch } = await filled()
    const headers = { accept: 'application/json' }
    const then = await fetch(`${MAP}?at=2025-08-01T00:01:00Z`, { headers })
    expect(await then.json()).toMatchObject({ versions: [{ version: 1 }, { version: 2 }] })
    const before = await fetch(`${MAP}?at=2025-07-01`)
    expect(await problemIn(before)).toEqual([404, 'ERR_TEMPORAL_OUT_OF_RANGE'])
  })
})

describe('beside RFC 7089', () => {
  test('RFC 5829: a version leads to its neighbours, to the newest and to its history', async () => {
    const { fetch, url } = await filled()
    const links = header(await fetch(at('*~2')))
    expect(find(links, 'predecessor-version')?.uri).toBe(`${url}/ucxl/${CONTEXT}/*~/plan.md`)
    expect(find(links, 'successor-version')?.uri).toBe(`${url}/ucxl/${CONTEXT}/*~3/plan.md`)
    expect(find(links, 'latest-version')?.uri).toBe(`${url}/ucxl/${CONTEXT}/plan.md`)
    expect(find(links, 'version-history')?.uri).toBe(`${url}/timemap/${CONTEXT}/plan.md`)
    const newest = header(await fetch(PLAN))
    expect(find(newest, 'version-history')?.uri).toBe(`${url}/timemap/${CONTEXT}/plan.md`)
  })

  test('RFC 8574: a version says under which URL to cite it', async () => {
    const { fetch, url } = await filled()
    const links = header(await fetch(at('~~1')))
    expect(find(links, 'cite-as')?.uri).toBe(`${url}/ucxl/${CONTEXT}/*~2/plan.md`)
    expect(find(links, 'alternate')?.uri).toBe(`ucxl://${CONTEXT}/*~2/plan.md`)
  })

  test('?at= of the TimeGate is for who cannot set a header', async () => {
    const { fetch } = await filled()
    const response = await fetch(`${GATE}?at=2025-08-01T00:01:30Z`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('/*~2/'),
    ])
  })

  test('a time outside the timeline says what there is, and where its past is', async () => {
    const { fetch } = await filled()
    const response = await fetch(at('2025-07-31'))
    expect(response.status).toBe(404)
    expect(find(header(response), 'timegate')).toBeDefined()
    expect(await response.json()).toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
      exists: {
        first: { version: 1, time: '2025-08-01T00:00:00Z' },
        last: { version: 3, time: '2025-08-01T00:02:00Z' },
      },
    })
  })

  test('TimeGate and TimeMap are of a context, not of a version', async () => {
    const { fetch } = await filled()
    for (const path of [at('*~2', GATE), at('*~2', MAP)])
      expect(await problemIn(await fetch(path))).toEqual([400, 'ERR_UCXI_REQUEST'])
  })

  test('a path that begins like a moment keeps its address in every link', async () => {
    const { fetch, put, url } = await serve()
    await put('/ucxl/a:b@c:d/*%5E/2025-08-07/notes.md', 'x')
    const newest = header(await fetch('/ucxl/a:b@c:d/*%5E/2025-08-07/notes.md'))
    const map = find(newest, 'timemap')?.uri.slice(url.length) ?? ''
    expect(
      linksIn(await (await fetch(map)).text()).filter(({ rel }) => rel.includes('memento')),
    ).toHaveLength(1)
  })

  test('of a very long address a client can still take the headers', async () => {
    const { fetch, put } = await serve()
    const long = `/ucxl/a:b@c:d/*~1/${'x'.repeat(2000)}`
    expect((await put(long.replace('/*~1', ''), 'x')).status).toBe(201)
    const memento = await fetch(long)
    expect(memento.status).toBe(200)
    expect(find(header(memento), 'original')).toBeDefined()
  })
})
