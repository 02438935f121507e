import type { StreamPiece } from './gop-cache.ts'

export interface ViewerGateOptions {
  /** Unsent bytes beyond which a viewer is too slow. */
  readonly highWater?: number
  /** Unsent bytes below which it may go on, at a key frame. */
  readonly lowWater?: number
  /** Unsent bytes that end the viewer: it reads nothing at all. */
  readonly limit?: number
}

/**
 * What to do with a piece: send it, send it behind the decoder setup (which may have changed while the viewer was left
 * out), leave it out, or end this viewer.
 */
export type GateVerdict = 'send' | 'resume' | 'drop' | 'close'

/**
 * Decides for one viewer what it gets: whoever reads too slowly is left out up to the next key frame, so that the picture
 * is never broken, memory stays bounded and nobody else waits.
 */
export class ViewerGate {
  readonly #highWater: number
  readonly #lowWater: number
  readonly #limit: number
  #flowing: boolean
  /** Pieces left out. */
  dropped = 0
  /** How often it fell behind. */
  stalls = 0

  /** @param flowing true where the viewer got the pieces since the last key frame, or the stream has no video */
  constructor(flowing: boolean, options: ViewerGateOptions = {}) {
    this.#flowing = flowing
    this.#highWater = options.highWater ?? 2 * 2 ** 20
    this.#lowWater = options.lowWater ?? this.#highWater / 4
    this.#limit = options.limit ?? this.#highWater * 4
  }

  /** @param unsent bytes given to the viewer's connection that it has not taken yet */
  judge(piece: StreamPiece, unsent: number): GateVerdict {
    if (unsent > this.#limit) return 'close'
    if (this.#flowing && unsent > this.#highWater) {
      this.#flowing = false
      this.stalls += 1
    } else if (!this.#flowing && piece.key && unsent <= this.#lowWater) {
      this.#flowing = true
      return 'resume'
    }
    if (this.#flowing) return 'send'
    this.dropped += 1
    return 'drop'
  }
}
