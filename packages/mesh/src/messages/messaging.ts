/** Whom a message is for: all who listen to a project, or all of the cluster. */
export type Topic = { readonly project: string } | 'cluster'

/** A message, as it was heard: signed by its writer, who is a member where there is a cluster. */
export interface HeardMessage {
  readonly topic: Topic
  readonly kind: string
  /** `did:key` of who wrote it. */
  readonly writer: string
  /** When it was signed: RFC 3339 in UTC, at most five minutes from now. */
  readonly time: string
  /** Any JSON: whoever listens checks it. */
  readonly body: unknown
}

/** Messages to all who listen now. A hint: one may be lost, and who comes later never has it. */
export interface Messaging {
  /**
   * Sends a message to all who listen to a topic. It comes to each once at most, and not to this node.
   *
   * @param kind what it is, 1 to 64 letters, digits, `.`, `-` and `_`: listeners choose by it.
   * @param body any JSON.
   * @returns how many neighbours it was sent to, which pass it on.
   * @throws `ERR_MESH_TOO_LARGE` over 16 KB in all; `ERR_MESH_LIMIT` where this node says more than one
   *   may (10 a second, 100 at once); `ERR_MESH_CLOSED`.
   */
  say(topic: Topic, kind: string, body: unknown): Promise<number>

  /**
   * Listens to messages of one kind. What a listener throws is thrown to the process: it is nobody
   * else's to handle.
   *
   * @returns what ends it.
   * @throws `ERR_MESH_LIMIT` where it listens to 64 topics; `ERR_MESH_CLOSED`.
   */
  hear(topic: Topic, kind: string, listener: (message: HeardMessage) => void): () => void
}
