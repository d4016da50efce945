import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Self } from '@bzzz/inbox'
import { loadConfiguration, type LoadedConfiguration } from '@bzzz/runtime'
import { safeParse } from '@bzzz/ucxl-address'

/** What a person's configuration is called in the home. */
export const CONFIGURATION_FILE = 'hap.yaml'

/** Whose portal it is. */
export interface Person {
  readonly configuration: LoadedConfiguration
  /** How addresses name the person. */
  readonly self: Self
  /** Projects that are followed, by their names. */
  readonly projects: readonly string[]
}

/** The configuration of a home, where there is one. */
export function fileIn(home: string): string | undefined {
  const file = join(resolve(home), CONFIGURATION_FILE)
  return existsSync(file) ? file : undefined
}

/**
 * Who writes from a home: the name and the first role of its configuration. Without them it is the name of the
 * user, and the role `person`.
 *
 * @throws `ERR_RUNTIME_CONFIGURATION`
 */
export async function personOf(home: string, { user }: { readonly user: string }): Promise<Person> {
  const { value } = await loadConfiguration({
    path: fileIn(home),
    kind: 'human',
    environment: {},
    flags: { home: resolve(home) },
  })
  const projects = value.mesh.follow.flatMap((pattern) => {
    const parsed = safeParse(pattern)
    return parsed.success && parsed.address.project !== 'any' ? [parsed.address.project] : []
  })
  return { configuration: value, self: selfOf(value, { user }), projects }
}

/** How addresses name the person whose configuration it is. */
export function selfOf(
  { name, about }: Pick<LoadedConfiguration, 'name' | 'about'>,
  { user }: { readonly user: string },
): Self {
  const [role = 'person', ...others] = about.roles
  return {
    name: name ?? (isName(user) ? user.toLowerCase() : 'person'),
    roles: [role, ...others],
  }
}

function isName(text: string): boolean {
  return safeParse(`ucxl://${text}:any@any:any/x`).success
}
