import { safeParse } from '@bzzz/ucxl-address'
import { z } from 'zod'

/** A participant, as addresses name it. */
export interface Participant {
  readonly name: string
  readonly role: string
}

/** Who somebody is: a name, and all roles that are played under it. The first one is written. */
export interface Self {
  readonly name: string
  readonly roles: readonly [string, ...string[]]
}

/** Whom something is for: `ada`, `ada:lead`, `any:lead`, or `any`. */
export const recipient = z
  .string()
  .max(256)
  .refine(isRecipient, 'expected a name, or name:role, such as ada, ada:lead or any:lead')

/** Whether somebody is among those whom something is for. */
export function isFor(to: readonly string[], { name, roles }: Self): boolean {
  return to.some((one) => {
    const [who = '', role = 'any'] = one.toLowerCase().split(':')
    return (
      (who === 'any' || who === name.toLowerCase()) &&
      (role === 'any' || roles.some((own) => own.toLowerCase() === role))
    )
  })
}

/** Whether a text names somebody, as `@ada`. */
export function mentions(text: string, name: string): boolean {
  const wanted = `@${name.toLowerCase()}`
  return [...text.toLowerCase().matchAll(/(?<![\w.-])@[\w.-]*\w/g)].some(([one]) => one === wanted)
}

function isRecipient(text: string): boolean {
  const [who = '', role = 'any', ...rest] = text.split(':')
  return rest.length === 0 && safeParse(`ucxl://${who}:${role}@any:any/x`).success
}
