import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What a source file loads before it runs. */
interface Loaded {
  /** Files of the same package. */
  readonly files: ReadonlySet<string>
  /** Packages, by the entry that is named. */
  readonly packages: ReadonlySet<string>
}

/** Follows the imports of a file. What is imported only when it is needed (`import()`) is left out. */
export function loadedBy(file: string): Loaded {
  const files = new Set<string>()
  const packages = new Set<string>()
  const follow = (path: string): void => {
    if (files.has(path)) return
    files.add(path)
    const imports = readFileSync(path, 'utf8').matchAll(
      /^(?:import|export) (?!type )[^]*?from '([^']+)'( with .*)?$/gm,
    )
    for (const [, name = ''] of imports) {
      if (!name.startsWith('.')) packages.add(name)
      else if (name.endsWith('.ts')) follow(resolve(dirname(path), name))
    }
  }
  follow(file)
  return { files, packages }
}
