import type { ContentInfo, Stage, VersionRow } from './backend.ts'

const PIECE_BYTES = 256 * 1024

/** Contents by their ids, and who refers to them. Bytes are copied on their way in and out. */
export class MemoryContents {
  readonly #bytes = new Map<string, Uint8Array>()
  readonly #erased = new Map<string, 'dropped' | 'redacted'>()
  readonly #versions = new Map<string, VersionRow[]>()
  readonly #onUndo: (step: () => void) => void

  /** @param onUndo takes what takes a change back. */
  constructor(onUndo: (step: () => void) => void) {
    this.#onUndo = onUndo
  }

  info(id: string): ContentInfo {
    const bytes = this.#bytes.get(id)
    if (bytes) return { state: 'here', size: bytes.length }
    return { state: this.#erased.get(id) ?? 'missing', size: 0 }
  }

  read(id: string): Uint8Array | undefined {
    const bytes = this.#bytes.get(id)
    return bytes && new Uint8Array(bytes)
  }

  piece(id: string, start: number): Uint8Array | undefined {
    return this.#bytes.get(id)?.slice(start, start + PIECE_BYTES)
  }

  insert(id: string, bytes: Uint8Array): void {
    const before = this.#erased.get(id)
    this.#bytes.set(id, new Uint8Array(bytes))
    this.#erased.delete(id)
    this.#onUndo(() => {
      this.#bytes.delete(id)
      if (before) this.#erased.set(id, before)
    })
  }

  stage(): Stage {
    const pieces: Uint8Array[] = []
    return {
      add: (piece) => pieces.push(new Uint8Array(piece)),
      keep: (id) => this.insert(id, Buffer.concat(pieces)),
      // They go with who holds them: what drops them may be undone.
      drop: () => {},
    }
  }

  erase(id: string, why: 'dropped' | 'redacted'): void {
    const bytes = this.#bytes.get(id)
    const before = this.#erased.get(id)
    this.#bytes.delete(id)
    this.#erased.set(id, why)
    this.#onUndo(() => {
      if (bytes) this.#bytes.set(id, bytes)
      if (before) this.#erased.set(id, before)
      else this.#erased.delete(id)
    })
  }

  /** Notes that a version has these bytes. */
  refer(row: VersionRow): void {
    if (row.content === null) return
    const rows = this.#versions.get(row.content) ?? []
    this.#versions.set(row.content, rows)
    rows.push(row)
    this.#onUndo(() => rows.pop())
  }

  versionsOf(id: string): VersionRow[] {
    return this.#versions.get(id) ?? []
  }

  stats(): { contents: number; bytes: number } {
    let bytes = 0
    for (const content of this.#bytes.values()) bytes += content.length
    return { contents: this.#bytes.size, bytes }
  }

  clear(): void {
    this.#bytes.clear()
    this.#versions.clear()
    this.#erased.clear()
  }
}
