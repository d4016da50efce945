import type { CallOptions } from '@bzzz/temporal-nav'

/** Somebody who is told of decisions over HTTP, as it is kept. */
export interface Webhook {
  readonly id: string
  readonly url: string
  /** The key of the HMAC. Never shown again. */
  readonly secret: string
  /** Only of contexts that match this address; of all if left out. */
  readonly pattern?: string
  /** Only of these decision types; of any if left out. */
  readonly types?: readonly string[]
  /** When it was made: milliseconds since 1970. */
  readonly created: number
}

/** How far a webhook has come. */
export interface WebhookProgress {
  /** The sequence up to which all is delivered, given up, or not for it. */
  readonly position: number
  /** Attempts at the next one that failed. */
  readonly attempts: number
  /** Events in a row that were given up. */
  readonly failures: number
  /** Not before this moment: milliseconds since 1970. */
  readonly nextAt: number
  /** Why nothing is sent any more; absent while it is. */
  readonly disabled?: string
}

export interface WebhookState extends Webhook, WebhookProgress {}

/** One attempt to tell. */
export interface WebhookAttempt {
  readonly webhook: string
  readonly sequence: number
  /** From 1. */
  readonly attempt: number
  /** When it ended: milliseconds since 1970. */
  readonly at: number
  readonly outcome: 'delivered' | 'failed' | 'given-up'
  /** HTTP status of the answer, where there was one. */
  readonly status?: number
  /** What went wrong, in words. */
  readonly error?: string
}

/**
 * The webhooks, how far each has come, and what was tried. The order of decisions is the outbox: a
 * webhook goes through it, and its position is moved when an event is done with.
 */
export interface WebhookStorage {
  webhooks(options?: CallOptions): Promise<readonly WebhookState[]>
  /** Adds one, or takes the place of the one that has its id. */
  putWebhook(webhook: WebhookState): Promise<void>
  /** Removes one with its log. @returns whether there was one */
  removeWebhook(id: string): Promise<boolean>
  /** Moves one on, and writes attempts down, in one transaction; the latest 1,000 of each are kept. */
  moveWebhook(
    id: string,
    progress: WebhookProgress,
    attempts?: readonly WebhookAttempt[],
  ): Promise<void>
  /**
   * Has a webhook to oneself for a minute, or for another one. Only of a storage that several services
   * share: then one of them at a time tells it, in order.
   *
   * @returns false where another one has it, or it is not there
   */
  claimWebhook?(id: string): Promise<boolean>
  /** Gives it up again. */
  releaseWebhook?(id: string): Promise<void>
  /** What was tried, the latest first. */
  attempts(
    id: string,
    page: { readonly limit: number } & CallOptions,
  ): Promise<readonly WebhookAttempt[]>
}

/** How many attempts are kept of each webhook. */
export const KEPT_ATTEMPTS = 1000
