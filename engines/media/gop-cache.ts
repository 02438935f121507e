/** A piece of a stream as viewers get it: bytes that all of them share. */
export interface StreamPiece {
  readonly bytes: Buffer
  readonly isVideo: boolean
  /** A viewer may begin here. */
  readonly key: boolean
}

/**
 * The pieces since the last key frame, with which a viewer who joins sees a picture at once. Only the current group; one
 * that grows beyond its bounds is given up, and who joins then waits for the next key frame.
 */
export class GopCache {
  readonly #maxBytes: number
  readonly #maxPieces: number
  #pieces: StreamPiece[] = []
  #open = false
  bytes = 0

  constructor(options: { maxBytes?: number; maxPieces?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? 8 * 2 ** 20
    this.#maxPieces = options.maxPieces ?? 2000
  }

  push(piece: StreamPiece): void {
    if (piece.key && piece.isVideo) {
      this.clear()
      this.#open = true
    }
    if (!this.#open) return
    if (this.bytes + piece.bytes.length > this.#maxBytes || this.#pieces.length >= this.#maxPieces) {
      this.clear()
      return
    }
    this.#pieces.push(piece)
    this.bytes += piece.bytes.length
  }

  /** Beginning with a key frame, or empty. */
  get pieces(): readonly StreamPiece[] {
    return this.#pieces
  }

  clear(): void {
    this.#pieces = []
    this.#open = false
    this.bytes = 0
  }
}
