import { readFile } from 'node:fs/promises'
import {
  importDecisions,
  ImportError,
  type DecisionImportSummary,
  type ImportMap,
} from '@bzzz/importers'
import { createProgress, EXIT, type Progress } from '@bzzz/runtime'
import { graphOf, type Desk } from './desk.ts'

export interface ImportOptions {
  readonly kind: 'git' | 'madr' | 'headers'
  readonly project?: string
  readonly task?: string
  readonly agent?: string
  readonly role?: string
  readonly branch?: string
  readonly folder?: string
  /** A file with an {@link ImportMap} in JSON. */
  readonly map?: string
}

const SHOWN = 10

/** Imports records, and takes what was made of them into the graph. */
export async function runImport(path: string, options: ImportOptions, desk: Desk): Promise<number> {
  const { home, signal, now, say, result } = desk
  const { kind, branch, folder, map, ...names } = options
  const started = now()
  const summary = await withProgress(desk, async (onProgress) =>
    importDecisions(
      { path, ...(branch ? { branch } : {}), ...(folder ? { folder } : {}) },
      {
        store: home.store,
        identity: home.identity,
        signal,
        now,
        ...names,
        ...(kind === 'git' ? {} : { format: kind }),
        ...(map === undefined ? {} : { map: await readMap(map) }),
        onProgress,
      },
    ),
  )
  await graphOf(desk)
  const ms = now() - started
  result({ ...summary, ms })
  for (const line of storyOf(summary, ms)) say(line)
  return badOf(summary).length === 0 ? EXIT.done : EXIT.failed
}

type OnProgress = NonNullable<Parameters<typeof importDecisions>[1]['onProgress']>

async function withProgress<Result>(
  { progress, now }: Desk,
  work: (onProgress: OnProgress) => Promise<Result>,
): Promise<Result> {
  const titles = { records: 'Importing versions of records', decisions: 'Making decisions of them' }
  const shown = new Map<string, Progress>()
  try {
    return await work(({ phase, versions, ofVersions }) => {
      // Made when the phase begins, so that its rate is its own.
      const line = shown.get(phase) ?? createProgress(titles[phase], progress, now)
      shown.set(phase, line)
      line.update(versions, ofVersions)
    })
  } finally {
    for (const line of shown.values()) line.end()
  }
}

async function readMap(file: string): Promise<ImportMap> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ImportMap
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ImportError('ERR_IMPORT_MAP', `The map ${file} cannot be read: ${why}`, { cause })
  }
}

/** What could not be read; a file that is just no record is none of it. */
function badOf({ skipped }: DecisionImportSummary): DecisionImportSummary['skipped'] {
  return skipped.filter(({ code }) => code !== undefined)
}

function storyOf(summary: DecisionImportSummary, ms: number): string[] {
  const { records, versions, unchanged, bytes, decisions, first, last, skipped, notes } = summary
  const bad = badOf(summary)
  const others = skipped.length - bad.length
  const seconds = Math.max(0.1, ms / 1000)
  return [
    `${records} records, ${versions} new versions (${unchanged} were here), ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s.`,
    `From ${first} to ${last}, for ${summary.collections.join(', ')}.`,
    `${decisions.versions} new versions of decisions, with ${decisions.citations} citations and ${decisions.impacts} impacts.`,
    ...(decisions.unresolved.length > 0
      ? [
          `${decisions.unresolved.length} links lead to no record here: ${listed(decisions.unresolved)}`,
        ]
      : []),
    ...notes,
    ...(others > 0 ? [`${others} other files were passed over, since they are no records.`] : []),
    ...bad
      .slice(0, SHOWN)
      .map(
        ({ path, line, code, reason }) =>
          `Left out: ${path}${line ? `:${line}` : ''} (${code ?? ''}): ${reason}`,
      ),
    ...(bad.length > 0 ? [`${bad.length} left out, since they could not be read.`] : []),
  ]
}

function listed(all: readonly string[]): string {
  const more = all.length > SHOWN ? `, and ${all.length - SHOWN} more` : ''
  return `${all.slice(0, SHOWN).join(', ')}${more}`
}
