import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decryptSm4, decryptSm4Gcm, encryptSm4, encryptSm4Gcm, type Sm4Mode } from './index.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const upper = (value: Buffer) => value.toString('hex').toUpperCase()
const withCode = (code: string) => expect.objectContaining({ name: 'SmError', code })

const key = bytes('0123456789ABCDEFFEDCBA9876543210')
const iv = bytes('000102030405060708090A0B0C0D0E0F')
const plain = bytes('AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDEEEEEEEEFFFFFFFFAAAAAAAABBBBBBBB')
const modes: Sm4Mode[] = ['ecb', 'cbc', 'cfb', 'ofb', 'ctr']
const ivOf = (mode: Sm4Mode) => (mode === 'ecb' ? {} : { iv })

describe('SM4, GB/T 32907-2016 Annex A', () => {
  it('SEC-1 encrypts the one-block example', () => {
    expect(upper(encryptSm4('ecb', { key, padding: 'none' }, key))).toBe('681EDF34D206965E86B3E94F536E4246')
  })

  it('SEC-1 encrypts the example a million times over', () => {
    // CBC over zeros with iv = the block chains E(E(…)): one call gives every iterate, the last is the example's.
    const chain = encryptSm4('cbc', { key, iv: key, padding: 'none' }, Buffer.alloc(16 * 1_000_000))
    expect(upper(chain.subarray(-16))).toBe('595298C7C6FD271F0402F804C33D3F66')
  })
})

describe('SM4 modes, draft-ribose-cfrg-sm4', () => {
  it.each<[Sm4Mode, string]>([
    ['ecb', '5EC8143DE509CFF7B5179F8F474B86192F1D305A7FB17DF985F81C8482192304'],
    ['cbc', '78EBB11CC40B0A48312AAEB2040244CB4CB7016951909226979B0D15DC6A8F6D'],
    ['cfb', 'AC3236CB861DD316E6413B4E3C7524B769D4C54ED433B9A0346009BEB37B2B3F'],
    ['ofb', 'AC3236CB861DD316E6413B4E3C7524B71D01ACA2487CA582CBF5463E6698539B'],
    ['ctr', 'AC3236CB861DD316E6413B4E3C7524B781E9E3A5BF5C03FE703BB94F3ABB16A1'],
  ])('SEC-1 SM4-%s', (mode, ciphertext) => {
    const parameters = { key, ...ivOf(mode), padding: 'none' as const }
    expect(upper(encryptSm4(mode, parameters, plain))).toBe(ciphertext)
    expect(decryptSm4(mode, parameters, bytes(ciphertext))).toEqual(plain)
  })

  it('SEC-1 SM4-CBC adds the PKCS#7 block', () => {
    const ciphertext = encryptSm4('cbc', { key, iv }, plain)
    expect(upper(ciphertext.subarray(32))).toBe('40D84132E99974A4A880886842074859')
    expect(decryptSm4('cbc', { key, iv }, ciphertext)).toEqual(plain)
  })
})

describe('SM4-GCM, RFC 8998 Appendix A.1', () => {
  const parameters = {
    key,
    iv: bytes('00001234567800000000ABCD'),
    aad: bytes('FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2'),
  }
  const message = bytes(['AA', 'BB', 'CC', 'DD', 'EE', 'FF', 'EE', 'AA'].map((b) => b.repeat(8)).join(''))
  const ciphertext = bytes(
    '17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735' +
      'D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D',
  )
  const tag = bytes('83DE3541E4C2B58177E065A9BF7B62EC')

  it('SEC-1 encrypts and decrypts the published example', () => {
    expect(encryptSm4Gcm(parameters, message)).toEqual({ ciphertext, tag })
    expect(decryptSm4Gcm(parameters, ciphertext, tag)).toEqual(message)
  })

  it('SEC-2 refuses every single altered byte of tag, aad, iv and ciphertext', () => {
    const altered = (value: Buffer, at: number) => {
      const copy = Buffer.from(value)
      copy[at]! ^= 1
      return copy
    }
    const attempts = [
      ...tag.keys().map((i) => () => decryptSm4Gcm(parameters, ciphertext, altered(tag, i))),
      ...ciphertext.keys().map((i) => () => decryptSm4Gcm(parameters, altered(ciphertext, i), tag)),
      ...[0, 19].map(
        (i) => () => decryptSm4Gcm({ ...parameters, aad: altered(parameters.aad, i) }, ciphertext, tag),
      ),
      () => decryptSm4Gcm({ ...parameters, iv: altered(parameters.iv, 11) }, ciphertext, tag),
      () => decryptSm4Gcm({ key, iv: parameters.iv }, ciphertext, tag),
    ]
    for (const attempt of attempts) expect(attempt).toThrow(withCode('not-authentic'))
  })

  it('SEC-2 refuses shortened tags and wrong lengths', () => {
    expect(() => decryptSm4Gcm(parameters, ciphertext, tag.subarray(0, 4))).toThrow(withCode('bad-argument'))
    expect(() => encryptSm4Gcm({ ...parameters, iv }, message)).toThrow(withCode('bad-argument'))
    expect(() => encryptSm4Gcm({ ...parameters, key: key.subarray(1) }, message)).toThrow(
      withCode('bad-argument'),
    )
  })
})

describe('SM4 on hostile input', () => {
  it.each(modes)('SEC-2 SM4-%s refuses keys and ivs of the wrong length', (mode) => {
    const short = { key: key.subarray(1), ...ivOf(mode) }
    expect(() => encryptSm4(mode, short, plain)).toThrow(withCode('bad-argument'))
    expect(() => decryptSm4(mode, short, plain)).toThrow(withCode('bad-argument'))
    const wrongIv = mode === 'ecb' ? { key, iv } : { key }
    expect(() => encryptSm4(mode, wrongIv, plain)).toThrow(withCode('bad-argument'))
  })

  it('SEC-2 refuses broken blocks and broken padding', () => {
    expect(() => encryptSm4('cbc', { key, iv, padding: 'none' }, plain.subarray(1))).toThrow(
      withCode('bad-argument'),
    )
    expect(() => decryptSm4('ecb', { key, padding: 'none' }, plain.subarray(1))).toThrow(
      withCode('malformed'),
    )
    expect(() => decryptSm4('cbc', { key, iv }, plain.subarray(1))).toThrow(withCode('malformed'))
    const badPadding = encryptSm4('ecb', { key, padding: 'none' }, Buffer.alloc(16, 0))
    expect(() => decryptSm4('ecb', { key }, badPadding)).toThrow(withCode('malformed'))
  })

  it('SEC-1 returns every message it was given, in every mode', () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const message = fc.uint8Array({ maxLength: 100 })
    fc.assert(
      fc.property(fc.constantFrom(...modes), block, block, message, (mode, anyKey, anyIv, data) => {
        const parameters = mode === 'ecb' ? { key: anyKey } : { key: anyKey, iv: anyIv }
        expect(decryptSm4(mode, parameters, encryptSm4(mode, parameters, data))).toEqual(Buffer.from(data))
      }),
    )
    fc.assert(
      fc.property(block, message, message, (anyKey, data, aad) => {
        const parameters = { key: anyKey, iv: iv.subarray(0, 12), aad }
        const sealed = encryptSm4Gcm(parameters, data)
        expect(decryptSm4Gcm(parameters, sealed.ciphertext, sealed.tag)).toEqual(Buffer.from(data))
      }),
    )
  })
})
