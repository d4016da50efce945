import { exportFolder } from '@bzzz/importers'
import { createProgress, EXIT } from '@bzzz/runtime'
import type { Desk } from './desk.ts'

/** Writes decisions as records. */
export async function runExport(
  folder: string,
  { pattern, at }: { readonly pattern?: string; readonly at?: number },
  { home, signal, now, progress, say, result }: Desk,
): Promise<number> {
  const shown = createProgress('Exporting records', progress, now)
  const { versions } = await home.store.stats()
  const summary = await exportFolder(folder, {
    store: home.store,
    signal,
    ...(pattern === undefined ? {} : { pattern }),
    ...(at === undefined ? {} : { at }),
    onProgress: (records) => shown.update(records, versions),
  }).finally(() => shown.end())
  result(summary)
  const { records, written, unchanged, skipped } = summary
  say(
    `${records} records in ${folder}: ${written} files written, ${records - written} were so already.`,
  )
  say(`${unchanged} are byte for byte what came in; the others are MADR 4.`)
  for (const { path, code, reason } of skipped) say(`Left out: ${path} (${code ?? ''}): ${reason}`)
  if (records === 0) return EXIT.notFound
  return skipped.length === 0 ? EXIT.done : EXIT.failed
}
