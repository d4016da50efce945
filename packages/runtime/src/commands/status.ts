import { setTimeout } from 'node:timers/promises'
import { EXIT } from '../command.ts'
import { RuntimeError } from '../errors.ts'
import { loadConfiguration, type LoadOptions } from '../participant/load.ts'
import type { Output } from '../progress.ts'

const TIMEOUT_MS = 5000
const AGAIN_MS = 250

interface Said {
  readonly status: string
  readonly services: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
}

/** Asks a running participant how it is. @returns the exit status: 0 where it can serve. */
export async function status(
  sources: LoadOptions,
  {
    output,
    json,
    wait = 0,
    now,
    signal,
  }: {
    readonly output: Output
    readonly json: boolean
    /** Seconds until all is well, at most; it is asked once if left out. */
    readonly wait?: number
    readonly now: () => number
    readonly signal: AbortSignal
  },
): Promise<number> {
  const { health } = (await loadConfiguration(sources)).value
  const host = health.host.includes(':') ? `[${health.host}]` : health.host
  const said = await untilSaid(`http://${host}:${health.port}/health`, {
    end: now() + wait * 1000,
    now,
    signal,
  })
  if (json) output.write(`${JSON.stringify(said)}\n`)
  else {
    const width = Math.max(...Object.keys(said.services).map(({ length }) => length))
    const lines = Object.entries(said.services).map(
      ([name, one]) =>
        `${name.padEnd(width)}  ${one.status}${one.reason === undefined ? '' : `  ${one.reason}`}`,
    )
    output.write(`${[...lines, '', said.status].join('\n')}\n`)
  }
  return said.status === 'down' ? EXIT.failed : EXIT.done
}

async function untilSaid(
  url: string,
  {
    end,
    now,
    signal,
  }: { readonly end: number; readonly now: () => number; readonly signal: AbortSignal },
): Promise<Said> {
  for (;;) {
    signal.throwIfAborted()
    try {
      const said = await ask(url)
      if (said.status === 'ok' || now() >= end) return said
    } catch (error) {
      if (now() >= end) throw error
    }
    await setTimeout(AGAIN_MS, undefined, { signal })
  }
}

async function ask(url: string): Promise<Said> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return (await response.json()) as Said
  } catch (cause) {
    throw new RuntimeError(
      'ERR_RUNTIME_UNREACHABLE',
      `Nobody answers at ${url}: is it running, with this configuration?`,
      { cause },
    )
  }
}
