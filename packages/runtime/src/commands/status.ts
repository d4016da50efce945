import { EXIT } from '../command.ts'
import { RuntimeError } from '../errors.ts'
import { loadConfiguration, type LoadOptions } from '../participant/load.ts'
import type { Output } from '../progress.ts'

const TIMEOUT_MS = 5000

interface Said {
  readonly status: string
  readonly services: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
}

/** Asks a running participant how it is. @returns the exit status: 0 where it can serve. */
export async function status(
  sources: LoadOptions,
  { output, json }: { readonly output: Output; readonly json: boolean },
): Promise<number> {
  const { health } = (await loadConfiguration(sources)).value
  const host = health.host.includes(':') ? `[${health.host}]` : health.host
  const said = await ask(`http://${host}:${health.port}/health`)
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
