/**
 * What went wrong, for callers that branch on it:
 * - `bad-argument`: a key, iv, tag or count of the wrong length or range (a fault of the calling code or configuration);
 * - `bad-point`: bytes that are not a point of the SM2 curve, or are the point at infinity;
 * - `malformed`: input whose structure is broken (DER, ciphertext too short, padding);
 * - `not-authentic`: well-formed input that fails its integrity check (SM2 C3, GCM tag, key confirmation).
 */
export type SmErrorCode = 'bad-argument' | 'bad-point' | 'malformed' | 'not-authentic'

/** The only error the functions of this library throw on purpose. */
export class SmError extends Error {
  readonly code: SmErrorCode

  constructor(code: SmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SmError'
    this.code = code
  }
}

/** Throws `bad-argument` unless `bytes` is exactly `length` bytes long. */
export function requireLength(name: string, bytes: Uint8Array, length: number): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new SmError('bad-argument', `${name} must be ${length} bytes, got ${bytes?.length ?? typeof bytes}`)
  }
}
