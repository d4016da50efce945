import type { Self } from '@bzzz/inbox'
import { safeParse } from '@bzzz/ucxl-address'

/**
 * How addresses name the person: by the configuration; without it by the name of the user, and as `person`.
 *
 * @param user of the system.
 */
export function selfOf(
  {
    name,
    about,
  }: {
    readonly name?: string | undefined
    readonly about: { readonly roles: readonly string[] }
  },
  user: string,
): Self {
  const [role = 'person', ...others] = about.roles
  return { name: name ?? (isName(user) ? user.toLowerCase() : 'person'), roles: [role, ...others] }
}

function isName(text: string): boolean {
  return safeParse(`ucxl://${text}:any@any:any/x`).success
}
