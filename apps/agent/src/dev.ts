import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { importRecords, type ImportSummary } from '@bzzz/importers'
import type { MeshEvent } from '@bzzz/mesh'
import { checkAll, type CheckResult } from './check.ts'
import { startLocalNode, type LocalNode } from './node.ts'
import { createProgress, type Output } from '@bzzz/runtime'
import { exampleOf, type Example } from './example.ts'
import * as story from './story.ts'

export interface DevOptions {
  /** A folder, repository or bundle of decision records. */
  readonly import: string
  readonly branch?: string
  /** Project in the addresses; from the source's name if left out. */
  readonly project?: string
  /** Check what was done, and end. */
  readonly once?: boolean
  /** Where to keep the nodes' data; a temporary folder, removed at the end, if left out. */
  readonly data?: string
  /** HTTP port of the first node, the second has the next; if left out 8080, or any that is free. */
  readonly port?: number
  /** A summary in JSON on standard output, and the story on standard error. */
  readonly json?: boolean
}

export interface DevEnvironment {
  readonly output: Output
  readonly now: () => number
  /** Aborted when the user wants it to end. */
  readonly signal: AbortSignal
}

/** What a run came to. */
export interface DevSummary {
  readonly import: ImportSummary
  /** Milliseconds. */
  readonly importMs: number
  readonly nodes: readonly { readonly name: string; readonly url: string; readonly peer: string }[]
  readonly example: Example
  /** With `once` only. */
  readonly checks?: readonly CheckResult[]
  /** The most memory that the process has held, in MiB. */
  readonly peakMiB: number
}

const DEFAULT_PORT = 8080

/**
 * Brings up two nodes on a real network, imports records into the first, and reads them through the
 * second. Without `once` it stays up until the signal.
 */
export async function dev(options: DevOptions, environment: DevEnvironment): Promise<DevSummary> {
  const { output, now, signal } = environment
  const say = (text: string): void => void output.write(`${text}\n`)
  const folder = options.data ? resolve(options.data) : await mkdtemp(join(tmpdir(), 'bzzz-'))
  const nodes: LocalNode[] = []
  try {
    say(story.opening(options.data ? folder : undefined))
    for (const [place, name] of ['archive', 'reader'].entries()) {
      const onEvent = (event: MeshEvent): void => story.event(name, event, say)
      const onError = (error: unknown): void => say(story.unforeseen(name, error))
      const ports = portOf(options, place)
      nodes.push(
        await startLocalNode({ name, folder: join(folder, name), ...ports, now, onEvent, onError }),
      )
    }
    const [archive, reader] = nodes as [LocalNode, LocalNode]
    await reader.mesh.join(archive.mesh.addresses[0] ?? '', { signal })
    say(story.network(archive, reader))

    const started = now()
    const imported = await importInto(archive, options, environment)
    const importMs = now() - started
    say(story.imported(imported, importMs))

    const receipt = await archive.mesh.publish(imported.collection, { signal })
    const collection = await reader.mesh.collection(imported.collection, { signal })
    say(story.announced(receipt, collection))

    const example = await exampleOf(archive, reader, collection.heads, { signal, now })
    say(story.timeTravel(example))
    const checks = options.once
      ? await checkAll({ archive, reader, collection, imported, signal, now })
      : undefined
    const summary: DevSummary = {
      import: imported,
      importMs,
      nodes: nodes.map(({ name, url, mesh }) => ({ name, url, peer: mesh.peerId })),
      example,
      ...(checks ? { checks } : {}),
      peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    }
    if (checks) {
      say(story.checked(checks, summary.peakMiB))
    } else {
      say(story.goOn(example, reader, archive))
      await untilAborted(signal)
      say('\nStopping.')
    }
    return summary
  } finally {
    for (const node of nodes.toReversed()) await node.stop()
    if (!options.data) await rm(folder, { recursive: true, force: true })
  }
}

async function importInto(
  archive: LocalNode,
  options: DevOptions,
  { output, now, signal }: DevEnvironment,
): Promise<ImportSummary> {
  const progress = createProgress('Importing versions', output, now)
  try {
    return await importRecords(
      {
        path: resolve(options.import),
        ...(options.branch ? { branch: options.branch } : {}),
        signal,
      },
      {
        store: archive.store,
        ...(options.project ? { project: options.project } : {}),
        onProgress: ({ versions, ofVersions }) => progress.update(versions, ofVersions),
        signal,
      },
    )
  } finally {
    progress.end()
  }
}

function portOf({ port, once }: DevOptions, place: number): { port: number; anyPort: boolean } {
  if (port !== undefined) return { port: port === 0 ? 0 : port + place, anyPort: false }
  return { port: once ? 0 : DEFAULT_PORT + place, anyPort: true }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((done) => {
    signal.addEventListener('abort', () => done(), { once: true })
  })
}
