import { hash } from 'node:crypto'
import { safeParse } from '@bzzz/ucxl-address'
import type { Self } from '@bzzz/inbox'

/** What a person is called in addresses: as configured, else by the key; `person` where no role is said. */
export function selfOf(
  {
    name,
    about,
  }: { readonly name?: string | undefined; readonly about: { readonly roles: readonly string[] } },
  did: string,
): Self {
  const [role = 'person', ...others] = about.roles
    .map((one) => one.toLowerCase())
    .filter((one) => safeParse(`ucxl://any:${one}@any:any/x`).success)
  return {
    name: name?.toLowerCase() ?? `person-${hash('sha256', did).slice(0, 12)}`,
    roles: [role, ...others],
  }
}
