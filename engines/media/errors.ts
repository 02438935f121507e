/** What a media structure can be refused for. */
export type MediaErrorCode = 'malformed' | 'too-large' | 'unsupported'

/**
 * The only error this engine throws about its input. Live paths (RTP, PS, TS) do not throw: there what cannot be read
 * is a counted drop.
 */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly code: MediaErrorCode
  /** Byte of the input at which it could not be read on. */
  readonly offset: number

  constructor(code: MediaErrorCode, message: string, offset: number) {
    super(`${message} (byte ${offset})`)
    this.code = code
    this.offset = offset
  }
}
