import { ROUTES } from './routes.ts'

/** What each path takes: those of addresses without the address. */
const METHODS: ReadonlyMap<string, readonly string[]> = methodsOf()

/** For `Allow`. @param path without query; undefined where there is nothing at it. */
export function methodsAt(path: string): readonly string[] | undefined {
  return METHODS.get(path)
}

function methodsOf(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>([
    ['/openapi.json', new Set(['GET'])],
    ['/timegate', new Set(['GET'])],
  ])
  for (const { method, path } of Object.values(ROUTES)) {
    const short = path.replace('/{address}', '')
    found.set(short, (found.get(short) ?? new Set()).add(method))
  }
  found.get('/ucxi/query')?.add('QUERY')
  return new Map(
    [...found].map(([path, methods]) => [
      path,
      [...methods]
        .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
        .concat('OPTIONS'),
    ]),
  )
}
