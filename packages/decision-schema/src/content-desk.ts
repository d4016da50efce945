/** Gets the text of a content; undefined: it came, and was let go since there was no room. */
type Claim = (text: string | undefined) => void

/** Brings contents and those who wait for them together, whoever comes first, in bounded room. */
export class ContentDesk {
  readonly #room: number
  #used = 0
  readonly #waiting = new Map<string, { readonly claim: Claim; readonly size: number }[]>()
  /** Contents that came; undefined once one was let go. */
  readonly #came = new Map<string, string | undefined>()
  /** Goes through those that came, the oldest first, as they are let go. */
  readonly #letGo = this.#came.keys()

  constructor(room: number) {
    this.#room = room
  }

  /** Gives a content to those who wait for it, and keeps it for those to come. */
  put(id: string, text: string): void {
    for (const { claim, size } of this.#waiting.get(id) ?? []) {
      this.#used -= size
      claim(text)
    }
    this.#waiting.delete(id)
    if (this.#came.has(id)) return
    this.#came.set(id, text)
    this.#used += text.length
    while (this.#used > this.#room) {
      const oldest = this.#letGo.next()
      if (oldest.done) break
      this.#used -= this.#came.get(oldest.value)?.length ?? 0
      this.#came.set(oldest.value, undefined)
    }
  }

  /**
   * Calls back at once where the content came, else when it comes, else never; at once too, with
   * nothing, where there is no room to wait.
   *
   * @param size how much is kept by waiting
   */
  ask(id: string, size: number, claim: Claim): void {
    if (this.#came.has(id)) claim(this.#came.get(id))
    else if (size > 0 && this.#used + size > this.#room) claim(undefined)
    else {
      this.#used += size
      const waiting = this.#waiting.get(id)
      if (waiting === undefined) this.#waiting.set(id, [{ claim, size }])
      else waiting.push({ claim, size })
    }
  }
}
