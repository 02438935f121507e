/** Cryptography at rest: keys of the installation, encrypted columns, digests, check values, passwords. */
export type { CipherBatch, CipherBatchResult } from './batch.ts'
export type { CheckPart } from './check-parts.ts'
export { type Cipher, CipherError, createCipher, type DigestKind } from './cipher.ts'
export { type CipherPool, createCipherPool } from './cipher-pool.ts'
export { assertKeysFit, fingerprintsOf, recordKeys } from './fingerprints.ts'
export { type DataKey, type Keys, KeysError, keysFileOf, loadKeys, readKeys, rotateDataKey } from './keys.ts'
export { hashPassword, passwordNeedsRehash, verifyPassword } from './passwords.ts'
export { constantTimeEqual, randomToken } from './random.ts'
