import type { Route, Routes } from '../route.ts'

interface Branch {
  readonly fixed: Map<string, Branch>
  readonly open: { readonly name: string; readonly branch: Branch }[]
  readonly routes: Map<string, { readonly name: string; readonly route: Route }>
}

/** What a path leads to. */
export interface Match {
  readonly name: string
  readonly route: Route
  /** As they stand in the path. */
  readonly params: Readonly<Record<string, string>>
}

/** Finds routes by their paths: what is written out goes before what is open, and values must fit. */
export class Router {
  readonly #root: Branch = branch()

  constructor(routes: Routes) {
    for (const [name, route] of Object.entries(routes)) {
      let at = this.#root
      for (const part of route.path.split('/').slice(1))
        at = part.startsWith(':') ? open(at, part.slice(1)) : fixed(at, part)
      at.routes.set(route.method, { name, route })
    }
  }

  /** The match; which methods there are, where there is none by this one; undefined for a path of no route. */
  find(method: string, path: string): Match | readonly string[] | undefined {
    const parts = path.split('/').slice(1)
    const misfits: Match[] = []
    const methods = new Set<string>()
    const walk = (at: Branch, depth: number, params: Record<string, string>): Match | undefined => {
      if (depth === parts.length) {
        const found = at.routes.get(method)
        if (!found) {
          for (const other of at.routes.keys()) methods.add(other)
          return undefined
        }
        const match = { ...found, params }
        if (found.route.params.safeParse(params).success) return match
        misfits.push(match)
        return undefined
      }
      const part = parts[depth]!
      const next = at.fixed.get(part)
      const straight = next && walk(next, depth + 1, params)
      if (straight) return straight
      for (const { name, branch: to } of at.open) {
        const found = walk(to, depth + 1, { ...params, [name]: part })
        if (found) return found
      }
      return undefined
    }
    // Where values fit no route, the first one says what is wrong with them.
    return walk(this.#root, 0, {}) ?? misfits[0] ?? (methods.size > 0 ? [...methods] : undefined)
  }
}

function branch(): Branch {
  return { fixed: new Map(), open: [], routes: new Map() }
}

function fixed(at: Branch, part: string): Branch {
  const next = at.fixed.get(part) ?? branch()
  at.fixed.set(part, next)
  return next
}

function open(at: Branch, name: string): Branch {
  const known = at.open.find((each) => each.name === name)
  if (known) return known.branch
  const next = branch()
  at.open.push({ name, branch: next })
  return next
}
