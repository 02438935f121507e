export { decryptSm2, encryptSm2, type Sm2CipherFormat } from './encrypt.ts'
export { SmError, type SmErrorCode } from './errors.ts'
export { exchangeSm2Key, type Sm2ExchangeInput, type Sm2ExchangeResult } from './exchange.ts'
export { SM2_DEFAULT_USER_ID, sm2IdentityDigest } from './identity.ts'
export {
  compressSm2PublicKey,
  generateSm2KeyPair,
  normaliseSm2PublicKey,
  type Sm2KeyPair,
  sm2PublicKeyOf,
} from './keys.ts'
export {
  type Sm2SignatureFormat,
  type Sm2SignatureOptions,
  signSm2,
  sm2MessageDigest,
  sm2SignatureFromDer,
  sm2SignatureToDer,
  verifySm2,
} from './sign.ts'
export { createSm3, hmacSm3, hmacSm3With, pbkdf2Sm3, pbkdf2Sm3Async, SM3_BYTES, sm3 } from './sm3.ts'
export {
  decryptSm4,
  decryptSm4Gcm,
  encryptSm4,
  encryptSm4Gcm,
  SM4_BYTES,
  type Sm4GcmParameters,
  type Sm4Mode,
  type Sm4Padding,
  type Sm4Parameters,
} from './sm4.ts'
