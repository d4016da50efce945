import type { Options } from 'tsup'

/** What every package builds with; a package names its entries and nothing else. */
export function library(entry: string[]): Options {
  return {
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    clean: true,
    // The default strips `node:`, which turns `node:sqlite` into a missing package.
    removeNodeProtocol: false,
  }
}
