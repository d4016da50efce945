import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { PLAN, at, serve } from './serve.ts'

// How clients by others find their way: the steps of the reference client in Python, which takes no
// other hint than the headers, and that client itself where it is at hand.

const BETWEEN = 'Fri, 01 Aug 2025 00:01:30 GMT'

/** What the reference client tells of a memento. */
interface Found {
  readonly original: string
  readonly timegate: string
  readonly closest: string
  readonly datetime: string | null
  readonly others: Readonly<Record<string, string>>
}

function rels(response: Response): Record<string, string> {
  const found: Record<string, string> = {}
  for (const one of (response.headers.get('link') ?? '').split(/,\s*(?=<)/)) {
    const [, uri = '', rest = ''] = /^<([^>]*)>(.*)$/s.exec(one) ?? []
    for (const rel of (/rel="([^"]*)"/.exec(rest)?.[1] ?? '').split(' ')) found[rel] = uri
  }
  return found
}

async function discover(url: string, date: string): Promise<Found> {
  // Any URL of the context will do: it follows `original` first.
  const asked = await fetch(url, { method: 'HEAD' })
  const original = rels(asked)['original'] ?? url
  // A `Vary: accept-datetime` or a Memento-Datetime here would mean: no TimeGate of its own.
  const headers = { 'accept-datetime': date }
  const own = await fetch(original, { method: 'HEAD', headers, redirect: 'manual' })
  if (/accept-datetime/i.test(own.headers.get('vary') ?? '')) throw new Error('it varies')
  if (own.headers.has('memento-datetime')) throw new Error('it is a memento')
  const timegate = rels(own)['timegate'] ?? ''
  const led = await fetch(timegate, { method: 'HEAD', headers, redirect: 'manual' })
  // What a TimeGate is known by.
  if (led.status !== 302 || led.headers.has('memento-datetime'))
    throw new Error('it is no TimeGate')
  if (!/accept-datetime/i.test(led.headers.get('vary') ?? '')) throw new Error('it does not vary')
  const closest = led.headers.get('location') ?? ''
  const memento = await fetch(closest, { method: 'HEAD', headers })
  // First, last, prev and next are taken from the TimeGate alone.
  const { first = '', last = '', prev = '', next = '' } = rels(led)
  return {
    original,
    timegate,
    closest,
    datetime: rels(memento)['original'] ? memento.headers.get('memento-datetime') : null,
    others: { first, last, prev, next },
  }
}

describe('a Memento client', () => {
  test.each([
    ['the original', PLAN],
    ['a version', at('*~3')],
    ['a moment', at('2025-08-01')],
    ['the TimeGate', PLAN.replace('/ucxl/', '/timegate/')],
  ])('finds the state of a date from the URL of %s', async (_, path) => {
    const served = await serve()
    await served.threeVersions()
    const context = `${served.url}/ucxl/claude:architect@shop%3Acheckout`
    expect(await discover(`${served.url}${path}`, BETWEEN)).toEqual({
      // From the original itself: as it was asked for, which may be unescaped.
      original: expect.stringMatching(/\/ucxl\/claude:architect@shop(?::|%3A)checkout\/plan\.md$/),
      timegate: `${served.url}/timegate/claude:architect@shop%3Acheckout/plan.md`,
      closest: `${context}/*~2/plan.md`,
      datetime: 'Fri, 01 Aug 2025 00:01:00 GMT',
      others: {
        first: `${context}/*~/plan.md`,
        last: `${context}/*~3/plan.md`,
        prev: `${context}/*~/plan.md`,
        next: `${context}/*~3/plan.md`,
      },
    })
  })

  // A checkout of github.com/mementoweb/py-memento-client; needs Python 3 with `requests`.
  const checkout = process.env['MEMENTO_PY_CLIENT'] ?? ''
  const runs = checkout !== '' && spawnSync('python3', ['-c', 'import requests']).status === 0
  test.runIf(runs)(
    'of others (the reference client in Python) does so without change',
    async () => {
      const served = await serve()
      await served.threeVersions()
      const script = `
import json, sys
from datetime import datetime
from memento_client.memento_client import MementoClient
info = MementoClient().get_memento_info(sys.argv[1], datetime(2025, 8, 1, 0, 1, 30))
print(json.dumps(info, default=str))`
      const { stdout } = await promisify(execFile)(
        'python3',
        ['-c', script, `${served.url}${PLAN}`],
        {
          cwd: checkout,
          env: { ...process.env, PYTHONPATH: checkout },
        },
      )
      const context = `${served.url}/ucxl/claude:architect@shop%3Acheckout`
      expect(JSON.parse(stdout)).toMatchObject({
        original_uri: `${served.url}${PLAN}`,
        timegate_uri: `${served.url}/timegate/claude:architect@shop%3Acheckout/plan.md`,
        mementos: {
          closest: {
            uri: [`${context}/*~2/plan.md`],
            datetime: '2025-08-01 00:01:00',
            http_status_code: 200,
          },
          first: { uri: [`${context}/*~/plan.md`] },
          last: { uri: [`${context}/*~3/plan.md`] },
          prev: { uri: [`${context}/*~/plan.md`] },
          next: { uri: [`${context}/*~3/plan.md`] },
        },
      })
    },
  )
})
