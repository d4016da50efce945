/** What can be done to a context. */
export type Operation = 'read' | 'write' | 'delete' | 'announce' | 'decide' | 'administer'

/** Who may do what: asked for every key before it is shown or written. It must be fast and pure. */
export interface Access {
  /** @param key `agent:role@project:task/path`, normalised. */
  may(operation: Operation, key: string): boolean
}
