import type { InputOf, OutputOf, Routes } from '../route.ts'

/** Who calls, and when. */
export interface Caller {
  /** The account that signed; empty where nobody had to. */
  readonly account: string
  /** The id of the transaction that this is; empty where it is none. */
  readonly transaction: string
  readonly now: number
}

/** What a node does for each route of a table: the compiler misses none. */
export type Handlers<T extends Routes> = {
  readonly [N in keyof T]: (input: InputOf<T[N]>, caller: Caller) => OutputOf<T[N]>
}

/** What is said of a transaction that was taken. */
export function receipt({ transaction }: Caller): { transaction: string; status: 'accepted' } {
  return { transaction, status: 'accepted' }
}
