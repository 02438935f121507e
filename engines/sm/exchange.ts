import { readPoint, SM2_N, toNumber, writePoint } from './curve.ts'
import { sm2IdentityDigest } from './identity.ts'
import { sm2Kdf } from './kdf.ts'
import { requirePrivateKey, type Sm2KeyPair } from './keys.ts'
import { sm3 } from './sm3.ts'

/** One side of a key exchange: what it owns and what it knows of the other. */
export interface Sm2ExchangeInput {
  /** `initiator` is A of the standard, who sends first; `responder` is B. */
  role: 'initiator' | 'responder'
  own: { staticKey: Sm2KeyPair; ephemeralKey: Sm2KeyPair; userId?: Uint8Array | string }
  peer: { staticKey: Uint8Array; ephemeralKey: Uint8Array; userId?: Uint8Array | string }
  /** Bytes of key to agree on. */
  keyLength: number
}

/** What both sides arrive at. */
export interface Sm2ExchangeResult {
  key: Buffer
  /** S1 = S_B, sent by the responder and compared by the initiator; 32 bytes. */
  responderConfirmation: Buffer
  /** S2 = S_A, sent by the initiator and compared by the responder; 32 bytes. */
  initiatorConfirmation: Buffer
}

/**
 * SM2 key exchange (GB/T 32918.3-2016 §6.1) with the optional confirmation values. Compare the peer's value in
 * constant time before the key is used; an ephemeral key serves one exchange only.
 *
 * @throws SmError `bad-point` for peer keys off the curve or a shared point at infinity; `bad-argument`
 */
export function exchangeSm2Key({ role, own, peer, keyLength }: Sm2ExchangeInput): Sm2ExchangeResult {
  requirePrivateKey(own.staticKey.privateKey)
  requirePrivateKey(own.ephemeralKey.privateKey)
  const ownEphemeral = writePoint(readPoint(own.ephemeralKey.publicKey))
  const peerEphemeralPoint = readPoint(peer.ephemeralKey)
  const peerEphemeral = writePoint(peerEphemeralPoint)

  const d = toNumber(own.staticKey.privateKey)
  const r = toNumber(own.ephemeralKey.privateKey)
  const t = (d + halfX(ownEphemeral) * r) % SM2_N
  const u = readPoint(peer.staticKey)
    .add(peerEphemeralPoint.multiply(halfX(peerEphemeral)))
    .multiply(t)
  const shared = writePoint(u).subarray(1)

  const ownZ = sm2IdentityDigest(own.staticKey.publicKey, own.userId)
  const peerZ = sm2IdentityDigest(peer.staticKey, peer.userId)
  const first = role === 'initiator'
  const digests = first ? [ownZ, peerZ] : [peerZ, ownZ]
  const points = (first ? [ownEphemeral, peerEphemeral] : [peerEphemeral, ownEphemeral]).map((p) =>
    p.subarray(1),
  )

  const inner = sm3(Buffer.concat([shared.subarray(0, 32), ...digests, ...points]))
  const confirmation = (label: number) => sm3(Buffer.concat([Buffer.of(label), shared.subarray(32), inner]))
  return {
    key: sm2Kdf(Buffer.concat([shared, ...digests]), keyLength),
    responderConfirmation: confirmation(2),
    initiatorConfirmation: confirmation(3),
  }
}

/** x̄ = 2^127 + (x mod 2^127), of a 65-byte point. */
function halfX(point: Uint8Array): bigint {
  const half = 1n << 127n
  return half + (toNumber(point.subarray(1, 33)) % half)
}
