import { styleText } from 'node:util'
import type { ImportSummary } from '@bzzz/importers'
import type { CollectionState, Manifest, MeshEvent } from '@bzzz/mesh'
import type { CheckResult } from './check.ts'
import type { Example, Reading } from './example.ts'
import type { LocalNode } from './node.ts'

// All that `dev` tells, in plain words. The work is done elsewhere.

const strong = (text: string): string => styleText('bold', text)
const faint = (text: string): string => styleText('dim', text)

export function opening(data: string | undefined): string {
  const where = data
    ? `kept in ${data}`
    : 'kept in a temporary folder until it ends (--data keeps it)'
  return `${strong('BZZZ')}: a shared memory for agents and people. Two nodes start on this machine, ${where}.`
}

export function network(archive: LocalNode, reader: LocalNode): string {
  return [
    '',
    strong('1. The network'),
    ...[archive, reader].map(
      ({ name, mesh, url }) =>
        `  ${name.padEnd(8)} ${url}  peer ${mesh.peerId}\n           ${faint(mesh.addresses[0] ?? '')}`,
    ),
    `  The ${reader.name} joined the ${archive.name} over libp2p: TCP, encrypted, each known by its key.`,
  ].join('\n')
}

export function imported(summary: ImportSummary, ms: number): string {
  const { records, versions, unchanged, skipped, first, last, bytes, notes } = summary
  const seconds = (ms / 1000).toFixed(1)
  const already = unchanged > 0 ? `, ${unchanged} were there already` : ''
  return [
    '',
    strong(`2. The import, into the archive`),
    `  ${records} decision records with ${versions} versions (${megabytes(bytes)}) in ${seconds} s${already}.`,
    `  From ${day(first)} to ${day(last)}; each version is signed, and chained to the one before it.`,
    ...(skipped.length > 0
      ? [`  ${skipped.length} files were left out: ${reasons(summary)}.`]
      : []),
    ...notes.map((note) => `  ${note}`),
  ].join('\n')
}

export function announced(
  receipt: { readonly stored: number; readonly manifest: Manifest },
  { heads, fits, manifest }: CollectionState,
): string {
  return [
    '',
    strong('3. The announcement'),
    `  The archive put one signed manifest of ${manifest.collection} into the network's hash table; ${receipt.stored} ${receipt.stored === 1 ? 'node' : 'nodes'} took it.`,
    `  The reader found it, asked the archive, and learned of ${heads.length} records. ${fits ? 'They are those of the manifest.' : 'They are NOT those of the manifest.'}`,
  ].join('\n')
}

export function timeTravel({ latest, past, versions }: Example): string {
  return [
    '',
    strong('4. Time travel, through the reader, which never held any of it'),
    `  ${latest.address}`,
    `    version ${latest.version} of ${versions}, ${latest.bytes} bytes, ${origin(latest)}`,
    `  ${past.address}`,
    `    version ${past.version}, as it stood then: ${past.bytes} bytes, ${origin(past)}`,
    '',
    ...past.excerpt.map((line) => `    ${faint('|')} ${line}`),
    `    ${faint('| …')}`,
  ].join('\n')
}

export function goOn(example: Example, reader: LocalNode, archive: LocalNode): string {
  const at = (path: string): string => `'${reader.url}${path}'`
  const timemap = example.latest.path.replace('/ucxl/', '/timemap/')
  const pattern = encodeURIComponent(
    `ucxl://any:any@${/@([^:]*)/.exec(example.key)?.[1] ?? ''}:any/**`,
  )
  const note = '/ucxl/reader:guest@notes:dev/hello.txt'
  const lines: [string, string][] = [
    ['the newest version', `curl ${at(example.latest.path)}`],
    ['as it stood then', `curl ${at(example.past.path)}`],
    ['all its versions', `curl ${at(timemap)}`],
    ['what there is', `curl '${archive.url}/ucxi/query?limit=5&pattern=${pattern}'`],
    ['write through the reader', `curl -T README.md ${at(note)}`],
    ['and read it through the archive', `curl '${archive.url}${note}'`],
  ]
  return [
    '',
    strong('Go on from here'),
    ...lines.flatMap(([what, line]) => [faint(`  # ${what}`), `  ${line}`]),
    '',
    'Both nodes are up. Ctrl-C ends them.',
  ].join('\n')
}

export function checked(checks: readonly CheckResult[], peakMiB: number): string {
  return [
    '',
    strong('Checked'),
    ...checks.map(
      ({ what, ok, why }) =>
        `  ${ok ? 'yes' : 'NO '} ${what}${why === undefined ? '' : `: ${why}`}`,
    ),
    '',
    `${checks.filter(({ ok }) => ok).length} of ${checks.length} checks hold; at most ${peakMiB} MiB of memory were used.`,
  ].join('\n')
}

export function event(node: string, happened: MeshEvent, say: (text: string) => void): void {
  if (happened.type === 'refused') {
    say(
      `  ${node}: refused what ${happened.peer} sent of ${happened.key}: ${textOf(happened.error)}`,
    )
  } else if (happened.type === 'announce-failed') {
    say(`  ${node}: could not announce ${happened.collection}: ${textOf(happened.error)}`)
  }
}

export function unforeseen(node: string, error: unknown): string {
  return `  ${node}: an error that was not foreseen: ${textOf(error)}`
}

function origin({ source, ms }: Reading): string {
  const from =
    source === 'local'
      ? 'from its own store by now'
      : `fetched from ${source.slice(0, 12)}… and verified`
  return `${from}, in ${ms.toFixed(0)} ms`
}

function reasons({ skipped }: ImportSummary): string {
  const [one, two] = skipped
  const named = [one, two].flatMap((each) => (each ? [`${each.path} (${each.reason})`] : []))
  return named.join(', ') + (skipped.length > 2 ? ', …' : '')
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function day(time: string): string {
  return time.slice(0, 10)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
