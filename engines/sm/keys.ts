import { createECDH } from 'node:crypto'
import { readPoint, SM2_N, toNumber, writePoint } from './curve.ts'
import { requireLength, SmError } from './errors.ts'

/** An SM2 key pair: `privateKey` 32 bytes big-endian in [1, n-2], `publicKey` 65 bytes `04‖x‖y`. */
export interface Sm2KeyPair {
  privateKey: Buffer
  publicKey: Buffer
}

/** A fresh key pair from OpenSSL's random generator (GB/T 32918.1-2016 §6.1). */
export function generateSm2KeyPair(): Sm2KeyPair {
  for (;;) {
    const curve = createECDH('SM2')
    curve.generateKeys()
    const secret = curve.getPrivateKey()
    const privateKey = Buffer.concat([Buffer.alloc(32 - secret.length), secret])
    // OpenSSL draws from [1, n-1]; n-1 cannot sign.
    if (isPrivateKey(privateKey)) return { privateKey, publicKey: curve.getPublicKey() }
  }
}

/** The public key (65 bytes) of a private key. @throws SmError `bad-argument` for a private key out of range */
export function sm2PublicKeyOf(privateKey: Uint8Array): Buffer {
  requirePrivateKey(privateKey)
  const curve = createECDH('SM2')
  curve.setPrivateKey(privateKey)
  return curve.getPublicKey()
}

/** Any accepted form of a public key (65, 64 or 33 bytes) as 65 bytes. @throws SmError `bad-point` */
export function normaliseSm2PublicKey(publicKey: Uint8Array): Buffer {
  return writePoint(readPoint(publicKey))
}

/** A public key in the 33-byte form `02|03‖x`. @throws SmError `bad-point` */
export function compressSm2PublicKey(publicKey: Uint8Array): Buffer {
  return Buffer.from(readPoint(publicKey).toRawBytes(true))
}

/** Throws `bad-argument` unless the bytes are a private key: 32 bytes, value in [1, n-2]. */
export function requirePrivateKey(privateKey: Uint8Array): void {
  requireLength('SM2 private key', privateKey, 32)
  if (!isPrivateKey(privateKey)) throw new SmError('bad-argument', 'SM2 private key is out of range')
}

function isPrivateKey(privateKey: Uint8Array): boolean {
  const d = toNumber(privateKey)
  return d >= 1n && d <= SM2_N - 2n
}
