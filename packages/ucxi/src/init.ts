import type { Authorize } from './authorize.ts'
import type { Limits } from './limits.ts'
import type { Ucxi } from './ucxi.ts'

export interface UcxiServerInit {
  readonly ucxi: Ucxi
  /** Port to listen on; 0, any free one, if left out. */
  readonly port?: number
  /** `127.0.0.1` if left out. One that is no loopback address needs `authorize`. */
  readonly host?: string
  /**
   * Says what a request may do. Without it everybody who reaches the port may do everything, and the
   * port is reached from this machine alone.
   */
  readonly authorize?: Authorize
  /** Hosts, beside those of loopback, under whose names it may be asked: `node.example:8080`. */
  readonly allowHosts?: readonly string[]
  /** Origins whose pages may ask, beside its own: `https://portal.example`. */
  readonly allowOrigins?: readonly string[]
  /** What links begin with, where that is not what the client asked for: `https://node.example`. */
  readonly publicUrl?: string
  /** Refuse a write that does not say on what it builds (428). */
  readonly requireConditions?: boolean
  readonly limits?: Partial<Limits>
  /** Largest body, in bytes: the same as `limits.bodyBytes`. */
  readonly maxBodyBytes?: number
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** Told of each error that is a fault of the node: for a log. Clients learn nothing of it. */
  readonly onError?: (error: unknown) => void
  /** Told of each request that was refused for who asked (401, 403): for a log. It holds no token. */
  readonly onRefused?: (refusal: Refusal) => void
}

export interface UcxiServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** Takes no more requests, ends event streams, and resolves when what is under way is answered. */
  close(): Promise<void>
}

/** A request that was refused for who asked. */
export interface Refusal {
  /** IP address of the other end. */
  readonly remoteAddress: string
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly status: number
  readonly code: string
}
