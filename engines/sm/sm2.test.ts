import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compressSm2PublicKey,
  decryptSm2,
  encryptSm2,
  exchangeSm2Key,
  generateSm2KeyPair,
  normaliseSm2PublicKey,
  type Sm2CipherFormat,
  type Sm2SignatureFormat,
  SmError,
  signSm2,
  sm2IdentityDigest,
  sm2MessageDigest,
  sm2PublicKeyOf,
  sm2SignatureFromDer,
  sm2SignatureToDer,
  verifySm2,
} from './index.ts'
import { signDigest } from './sign.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const upper = (value: Buffer) => value.toString('hex').toUpperCase()
const withCode = (code: string) => expect.objectContaining({ name: 'SmError', code })
const flipped = (value: Uint8Array, at: number) => {
  const copy = Buffer.from(value)
  copy[at]! ^= 1
  return copy
}

/** Key of the examples in GB/T 32918.5-2017 Annexes A and C. */
const d = bytes('3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8')
const Px = '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020'
const Py = 'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13'
const P = bytes(`04${Px}${Py}`)
const N = 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123'
const offCurve = bytes(`04${Px}${Py.slice(0, -2)}14`)
/** 2^256 - 1 is above the prime, so it is the coordinate of no point. */
const notInField = bytes(`04${'FF'.repeat(32)}${Py}`)

describe('SM2 keys, GB/T 32918.1-2016', () => {
  it('SEC-1 derives the public key of the example', () => {
    expect(sm2PublicKeyOf(d)).toEqual(P)
  })

  it('SEC-1 reads 65, 64 and 33 bytes as the same key', () => {
    expect(normaliseSm2PublicKey(P)).toEqual(P)
    expect(normaliseSm2PublicKey(P.subarray(1))).toEqual(P)
    expect(normaliseSm2PublicKey(compressSm2PublicKey(P))).toEqual(P)
    expect(upper(compressSm2PublicKey(P))).toBe(`03${Px}`)
  })

  it('SEC-1 makes keys that differ and belong together', () => {
    const one = generateSm2KeyPair()
    expect(one.privateKey).toHaveLength(32)
    expect(one.publicKey).toEqual(sm2PublicKeyOf(one.privateKey))
    expect(generateSm2KeyPair().privateKey).not.toEqual(one.privateKey)
  })

  it.each([
    ['0', '00'.repeat(32)],
    ['n - 1, which cannot sign', `${N.slice(0, -2)}22`],
    ['n', N],
    ['31 bytes', '11'.repeat(31)],
    ['33 bytes', '11'.repeat(33)],
  ])('SEC-2 refuses private key %s', (_, hex) => {
    expect(() => sm2PublicKeyOf(bytes(hex))).toThrow(withCode('bad-argument'))
    expect(() => signSm2(bytes(hex), 'm')).toThrow(withCode('bad-argument'))
    expect(() => decryptSm2(bytes(hex), Buffer.alloc(120, 4))).toThrow(withCode('bad-argument'))
  })

  it.each([
    ['off the curve', offCurve],
    ['with a coordinate outside the field', notInField],
    ['of zeros', Buffer.concat([Buffer.of(4), Buffer.alloc(64)])],
    ['at infinity', Buffer.of(0)],
    ['cut short', P.subarray(0, 64 - 1)],
    ['with the hybrid prefix', Buffer.concat([Buffer.of(6), P.subarray(1)])],
    ['that is empty', Buffer.alloc(0)],
    ['compressed, with no y for its x', bytes(`02${'00'.repeat(31)}05`)],
  ])('SEC-2 refuses a public key %s', (_, key) => {
    for (const attempt of [
      () => normaliseSm2PublicKey(key),
      () => verifySm2(key, 'm', Buffer.alloc(64, 1), { format: 'raw' }),
      () => encryptSm2(key, Buffer.from('m')),
      () => sm2IdentityDigest(key),
    ]) {
      expect(attempt).toThrow(withCode('bad-point'))
    }
  })
})

describe('SM2 signature, GB/T 32918.5-2017 Annex A', () => {
  const message = 'message digest'
  const r = 'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3'
  const s = 'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA'
  const raw = bytes(r + s)
  const der = bytes(`3046022100${r}022100${s}`)
  const nonce = () => {
    const k = bytes('59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21')
    const x1 = sm2PublicKeyOf(k).subarray(1, 33).toString('hex')
    return { k: BigInt(`0x${k.toString('hex')}`), x1: BigInt(`0x${x1}`) }
  }

  it('SEC-1 computes Z and e of the example', () => {
    expect(upper(sm2IdentityDigest(P))).toBe(
      'B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3',
    )
    expect(upper(sm2MessageDigest(P, message))).toBe(
      'F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640',
    )
  })

  it('SEC-1 signs the example with its nonce', () => {
    expect(signDigest(d, sm2MessageDigest(P, message), nonce())).toEqual(raw)
    expect(sm2SignatureToDer(raw)).toEqual(der)
    expect(sm2SignatureFromDer(der)).toEqual(raw)
  })

  it('SEC-1 verifies the example in both forms and with every form of the key', () => {
    for (const key of [P, P.subarray(1), compressSm2PublicKey(P)]) {
      expect(verifySm2(key, message, der)).toBe(true)
      expect(verifySm2(key, Buffer.from(message), raw, { format: 'raw' })).toBe(true)
    }
  })

  it('SEC-1 binds the user id', () => {
    const signature = signSm2(d, message, { userId: 'ALICE123@YAHOO.COM' })
    expect(verifySm2(P, message, signature, { userId: 'ALICE123@YAHOO.COM' })).toBe(true)
    expect(verifySm2(P, message, signature, { userId: Buffer.from('ALICE123@YAHOO.COM') })).toBe(true)
    expect(verifySm2(P, message, signature)).toBe(false)
    expect(verifySm2(P, message, signature, { userId: '' })).toBe(false)
    expect(() => signSm2(d, message, { userId: 'x'.repeat(8192) })).toThrow(withCode('bad-argument'))
  })

  it('SEC-2 refuses every altered byte of a raw signature', () => {
    for (const at of raw.keys()) {
      expect(verifySm2(P, message, flipped(raw, at), { format: 'raw' })).toBe(false)
    }
  })

  it('SEC-2 refuses r and s out of range, and a sum of n', () => {
    const zero = '00'.repeat(32)
    const sumOfN = (BigInt(`0x${N}`) - BigInt(`0x${r}`)).toString(16).padStart(64, '0')
    for (const hostile of [zero + s, r + zero, N + s, r + N, 'FF'.repeat(64), r + sumOfN]) {
      expect(verifySm2(P, message, bytes(hostile), { format: 'raw' })).toBe(false)
    }
    for (const length of [0, 63, 65]) {
      expect(verifySm2(P, message, Buffer.alloc(length, 1), { format: 'raw' })).toBe(false)
    }
  })

  it.each([
    ['nothing', ''],
    ['bytes after the end', `3046022100${r}022100${s}00`],
    ['bytes inside after s', `3047022100${r}022100${s}00`],
    ['a length of two bytes where one does', `308146022100${r}022100${s}`],
    ['indefinite length', `3080022100${r}022100${s}0000`],
    ['a needless leading zero', `304702220000${r}022100${s}`],
    ['a negative r', `30450220${r}022100${s}`],
    ['an empty INTEGER', `30250200022100${s}`],
    ['r of 33 bytes', `304702220100${r}022100${s}`],
    ['another tag inside', `3046042100${r}022100${s}`],
    ['another tag outside', `3146022100${r}022100${s}`],
    ['a length beyond the end', `3084FFFFFFFF022100${r}022100${s}`],
  ])('SEC-2 refuses DER with %s', (_, hex) => {
    expect(() => sm2SignatureFromDer(bytes(hex))).toThrow(withCode('malformed'))
    expect(verifySm2(P, message, bytes(hex))).toBe(false)
  })

  it('SEC-2 refuses DER cut anywhere', () => {
    for (const end of der.keys()) expect(verifySm2(P, message, der.subarray(0, end))).toBe(false)
  })

  it('SEC-2 answers false, and nothing else, for arbitrary bytes', () => {
    const format = fc.constantFrom<Sm2SignatureFormat>('der', 'raw')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), format, (signature, form) => {
        expect(verifySm2(P, message, signature, { format: form })).toBe(false)
      }),
    )
  })

  it('SEC-1 verifies what it signs, and nothing beside it', () => {
    const format = fc.constantFrom<Sm2SignatureFormat>('der', 'raw')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.string(), format, (data, userId, form) => {
        const { privateKey, publicKey } = generateSm2KeyPair()
        const signature = signSm2(privateKey, data, { userId, format: form })
        expect(verifySm2(publicKey, data, signature, { userId, format: form })).toBe(true)
        expect(verifySm2(P, data, signature, { userId, format: form })).toBe(false)
        expect(
          verifySm2(publicKey, Buffer.concat([data, Buffer.of(0)]), signature, { userId, format: form }),
        ).toBe(false)
      }),
      { numRuns: 25 },
    )
  })
})

describe('SM2 encryption, GB/T 32918.5-2017 Annex C', () => {
  const message = Buffer.from('encryption standard')
  const x = '04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73'
  const y = 'E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0'
  const c3 = '59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766'
  const c2 = '21886CA989CA9C7D58087307CA93092D651EFA'
  const examples: [string, Sm2CipherFormat, string][] = [
    ['C1C3C2', 'c1c3c2', `04${x}${y}${c3}${c2}`],
    ['C1C2C3', 'c1c2c3', `04${x}${y}${c2}${c3}`],
    // x of the example begins with 04, so this is also the case where the stripped form looks prefixed.
    ['C1C3C2 without 04', 'c1c3c2', `${x}${y}${c3}${c2}`],
    ['C1C2C3 without 04', 'c1c2c3', `${x}${y}${c2}${c3}`],
    ['C1C3C2 with compressed C1', 'c1c3c2', `02${x}${c3}${c2}`],
    ['ASN.1', 'asn1', `307C0220${x}022100${y}0420${c3}0413${c2}`],
  ]

  it.each(examples)('SEC-1 decrypts the example as %s', (_, format, ciphertext) => {
    expect(decryptSm2(d, bytes(ciphertext), format)).toEqual(message)
  })

  it.each(examples)('SEC-2 refuses every altered or missing byte of %s', (_, format, hex) => {
    const ciphertext = bytes(hex)
    for (const at of ciphertext.keys()) {
      expect(() => decryptSm2(d, flipped(ciphertext, at), format)).toThrow(SmError)
      expect(() => decryptSm2(d, ciphertext.subarray(0, at), format)).toThrow(SmError)
    }
  })

  it('SEC-2 refuses C1 off the curve in every layout', () => {
    const badY = `${y.slice(0, -2)}F1`
    expect(() => decryptSm2(d, bytes(`307C0220${x}022100${badY}0420${c3}0413${c2}`), 'asn1')).toThrow(
      withCode('bad-point'),
    )
    expect(() => decryptSm2(d, bytes(`04${x}${badY}${c3}${c2}`))).toThrow(withCode('bad-point'))
    expect(() => decryptSm2(d, bytes(`04${x}${badY}${c2}${c3}`), 'c1c2c3')).toThrow(withCode('bad-point'))
  })

  it('SEC-2 tells a wrong key from a broken ciphertext', () => {
    const other = generateSm2KeyPair().privateKey
    expect(() => decryptSm2(other, bytes(`307C0220${x}022100${y}0420${c3}0413${c2}`), 'asn1')).toThrow(
      withCode('not-authentic'),
    )
    expect(() => decryptSm2(d, Buffer.alloc(0))).toThrow(withCode('malformed'))
    expect(() => decryptSm2(d, bytes('3000'), 'asn1')).toThrow(withCode('malformed'))
  })

  it('SEC-2 ends in SmError, and nothing else, for arbitrary bytes', () => {
    const format = fc.constantFrom<Sm2CipherFormat>('c1c3c2', 'c1c2c3', 'asn1')
    const start = fc.constantFrom('', '04', '02', '30', `04${x}${y}`, `307C0220${x}022100${y}0420`)
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 120 }), format, (head, tail, layout) => {
        expect(() => decryptSm2(d, Buffer.concat([bytes(head), tail]), layout)).toThrow(SmError)
      }),
    )
  })

  it('SEC-2 refuses an empty message', () => {
    expect(() => encryptSm2(P, Buffer.alloc(0))).toThrow(withCode('bad-argument'))
  })

  it('SEC-1 never sends a one-byte message in clear', () => {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      expect(encryptSm2(P, Buffer.of(0x5a)).at(-1)).not.toBe(0x5a)
    }
  })

  it('SEC-1 returns every message it was given, in every layout', () => {
    const format = fc.constantFrom<Sm2CipherFormat>('c1c3c2', 'c1c2c3', 'asn1')
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), format, (data, layout) => {
        const { privateKey, publicKey } = generateSm2KeyPair()
        const ciphertext = encryptSm2(publicKey, data, layout)
        expect(decryptSm2(privateKey, ciphertext, layout)).toEqual(Buffer.from(data))
      }),
      { numRuns: 30 },
    )
  })
})

describe('SM2 key exchange, example of GmSSL and gmsm', () => {
  const pair = (privateKey: string) => ({
    privateKey: bytes(privateKey),
    publicKey: sm2PublicKeyOf(bytes(privateKey)),
  })
  const a = pair('81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029')
  const ra = pair('D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3')
  const b = pair('785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5')
  const rb = pair('7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6')
  const asA = {
    role: 'initiator' as const,
    own: { staticKey: a, ephemeralKey: ra },
    peer: { staticKey: b.publicKey, ephemeralKey: rb.publicKey },
    keyLength: 16,
  }
  const asB = {
    role: 'responder' as const,
    own: { staticKey: b, ephemeralKey: rb },
    peer: { staticKey: a.publicKey, ephemeralKey: ra.publicKey },
    keyLength: 16,
  }

  it('SEC-1 gives both sides the key and confirmations of the example', () => {
    expect(upper(sm2IdentityDigest(a.publicKey))).toBe(
      '3B85A57179E11E7E513AA622991F2CA74D1807A0BD4D4B38F90987A17AC245B1',
    )
    expect(upper(sm2IdentityDigest(b.publicKey))).toBe(
      '79C988D63229D97EF19FE02CA1056E01E6A7411ED24694AA8F834F4A4AB022F7',
    )
    const result = exchangeSm2Key(asA)
    expect(upper(result.key)).toBe('6C89347354DE2484C60B4AB1FDE4C6E5')
    expect(upper(result.responderConfirmation)).toBe(
      'D3A0FE15DEE185CEAE907A6B595CC32A266ED7B3367E9983A896DC32FA20F8EB',
    )
    expect(upper(result.initiatorConfirmation)).toBe(
      '18C7894B3816DF16CF07B05C5EC0BEF5D655D58F779CC1B400A4F3884644DB88',
    )
    expect(exchangeSm2Key(asB)).toEqual(result)
  })

  it('SEC-2 gives different keys under different ids, and refuses points off the curve', () => {
    const renamed = exchangeSm2Key({ ...asA, own: { ...asA.own, userId: 'another' } })
    expect(renamed.key).not.toEqual(exchangeSm2Key(asB).key)
    for (const peer of [
      { ...asA.peer, ephemeralKey: offCurve },
      { ...asA.peer, staticKey: offCurve },
    ]) {
      expect(() => exchangeSm2Key({ ...asA, peer })).toThrow(withCode('bad-point'))
    }
  })
})
