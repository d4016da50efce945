import { execFile, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readEvents } from './event-reader.ts'
import { serve } from './serve.ts'

// The lines of the README, one after the other, as they stand there.

const readme = readFileSync(`${import.meta.dirname}/../README.md`, 'utf8')
const lines = [...readme.matchAll(/^(curl .*?) +# (.+)$/gm)].map(([, command = '', does = '']) => ({
  command,
  does,
}))
const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) console.log('Skipped, since curl is not installed: the lines of the README by curl')

/** What each line has to show; undefined for the stream, which does not end. */
const SHOWS: Readonly<Record<string, RegExp>> = {
  put: /"address":"ucxl:\/\/claude:architect@shop:checkout\/\*~\/plan\.md".*"content_type":"text\/markdown"/,
  get: /^Pay by card\.$/,
  change: /\*~2\/plan\.md/,
  list: /rel="first memento".*\n.*\*~2.*rel="last memento"/,
  'go back': /^Pay by card\.$/,
  'as of a date': /^Pay by card\.$/,
  search: /"snippet":"Pay by invoice/,
  delete: /"content":null/,
  restore: /\*~4\/plan\.md/,
}

describe.each([
  ['curl', hasCurl],
  ['fetch', true],
] as const)('the lines of the README by %s', (how, runs) => {
  test.runIf(runs)('do what they say, in turn', async () => {
    const { url, clock } = await serve()
    for (const { command, does } of lines) {
      const shows = SHOWS[does]
      if (!shows) {
        expect(
          await (how === 'curl' ? firstOfCurl(command, url) : firstOfFetch(command, url)),
        ).toMatch(/\*~\/plan\.md/)
        continue
      }
      const shown = how === 'curl' ? await byCurl(command, url) : await byFetch(command, url)
      expect(shown, does).toMatch(shows)
      clock.now += 60_000
    }
  })
})

test('there are ten lines, one for each thing that one does', () => {
  expect(lines.map(({ does }) => does)).toEqual([
    'put',
    'get',
    'change',
    'list',
    'go back',
    'as of a date',
    'search',
    'subscribe',
    'delete',
    'restore',
  ])
})

const environment = (url: string): Record<string, string> => ({
  NODE: url,
  PLAN: `${url}/ucxl/claude:architect@shop:checkout/plan.md`,
})

async function byCurl(command: string, url: string): Promise<string> {
  const env = { ...process.env, ...environment(url) }
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent --show-error`], {
    env,
  })
  return stdout
}

async function firstOfCurl(command: string, url: string): Promise<string> {
  const env = { ...process.env, ...environment(url) }
  const child = spawn('sh', ['-c', `exec ${command} --silent`], { env })
  let text = ''
  for await (const piece of child.stdout) {
    text += String(piece)
    if (text.includes('data: ')) break
  }
  child.kill()
  return text
}

/** What the words of a curl line come to. */
function requestOf(command: string, url: string): [string, RequestInit] {
  const values = environment(url)
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) =>
      single ??
      (double ?? bare ?? '').replaceAll(/\$(\w+)/g, (_, name: string) => values[name] ?? ''),
  )
  const init: RequestInit & { headers: Record<string, string> } = { headers: {} }
  let target = ''
  for (let place = 1; place < words.length; place++) {
    const next = words[place + 1] ?? ''
    switch (words[place] ?? '') {
      case '-X':
        init.method = next
        place++
        break
      case '-d':
        init.body = next
        init.method ??= 'POST'
        place++
        break
      case '-H': {
        const [name = '', value = ''] = next.split(': ')
        init.headers[name] = value
        place++
        break
      }
      case '-N':
        break
      default:
        target = words[place] ?? ''
    }
  }
  return [target, init]
}

async function byFetch(command: string, url: string): Promise<string> {
  return (await fetch(...requestOf(command, url))).text()
}

async function firstOfFetch(command: string, url: string): Promise<string> {
  const events = readEvents(await fetch(...requestOf(command, url)))
  const [first] = await events.take(1)
  await events.close()
  return first?.data.address ?? ''
}
