import { describe, expect, it } from 'vitest'
import { createSm3, hmacSm3, hmacSm3With, pbkdf2Sm3, pbkdf2Sm3Async, sm3 } from './index.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const upper = (value: Buffer) => value.toString('hex').toUpperCase()

describe('SM3, GB/T 32905-2016 Annex A', () => {
  it.each([
    ['', '1AB21D8355CFA17F8E61194831E81A8F22BEC8C728FEFB747ED035EB5082AA2B'],
    ['abc', '66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0'],
    ['abcd'.repeat(16), 'DEBE9FF92275B8A138604889C18E5A4D6FDB70E5387E5765293DCBA39C0C5732'],
  ])('SEC-1 SM3 of %j', (message, digest) => {
    expect(upper(sm3(message))).toBe(digest)
    expect(upper(sm3(Buffer.from(message)))).toBe(digest)
  })

  it('SEC-1 gives the same digest wherever a stream is cut', () => {
    const message = Buffer.from('abcd'.repeat(16))
    for (let cut = 0; cut <= message.length; cut += 1) {
      const running = createSm3().update(message.subarray(0, cut)).update(message.subarray(cut))
      expect(running.digest()).toEqual(sm3(message))
    }
  })
})

describe('HMAC-SM3, Wycheproof', () => {
  it.each([
    [
      '1E225CAFB90339BBA1B24076D4206C3E79C355805D851682BC818BAA4F5A7779',
      '',
      'F9938B1B2515117F25DCD636C9A6A0E7F00BCCAF5347E0E0DF435CFCA736CFC1',
    ],
    [
      '8159FD15133CD964C9A6964C94F0EA269A806FD9F43F0DA58B6CD1B33D189B2A',
      '77',
      '51AAF64843B6D2FC7A244AB9CDA9B7B57164CE6A865F9808C01931B46195411D',
    ],
  ])('SEC-1 HMAC-SM3 under %s', (key, message, mac) => {
    expect(upper(hmacSm3(bytes(key), bytes(message)))).toBe(mac)
  })
})

describe('PBKDF2-HMAC-SM3', () => {
  // The first two from Wycheproof; the third computed by two implementations.
  it.each([
    [
      'passwd',
      'salt',
      1,
      '30530B86537C85EA33FBE26EE0ADEA8D8BD91D283B87936F400E83AD2364EF2632CD8662313657C0E6138FFEDA2C4E6805869CBD8030188858D8A675AC762523',
    ],
    [
      'Password',
      'NaCl',
      80_000,
      '6064DD50568A7CD0FAB52AEA443FD71C6F45044FD0AEDE5928568BE7948A34699D2BFCE8A435110F551CC0E1814602C03C11ECB7F951FEC50602850A5102CB88',
    ],
    ['password', 'salt', 10_000, '738C8C432372D98A73350BC252209E4CF2ACDDE7CC816730B9812BDFD55C1265'],
  ])('SEC-1 derives from %s / %s, %i times', async (password, salt, iterations, key) => {
    const length = key.length / 2
    expect(upper(pbkdf2Sm3(password, Buffer.from(salt), iterations, length))).toBe(key)
    expect(upper(await pbkdf2Sm3Async(password, Buffer.from(salt), iterations, length))).toBe(key)
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])('SEC-2 refuses %d iterations and %d bytes', async (count) => {
    const wrong = expect.objectContaining({ name: 'SmError', code: 'bad-argument' })
    expect(() => pbkdf2Sm3('p', Buffer.alloc(8), count, 32)).toThrow(wrong)
    expect(() => pbkdf2Sm3('p', Buffer.alloc(8), 1, count)).toThrow(wrong)
    await expect(pbkdf2Sm3Async('p', Buffer.alloc(8), count, 32)).rejects.toEqual(wrong)
    await expect(pbkdf2Sm3Async('p', Buffer.alloc(8), 1, count)).rejects.toEqual(wrong)
  })
})

describe('HMAC-SM3 under one key', () => {
  it.each([0, 16, 64, 65, 200])('SEC-1 gives what HMAC-SM3 gives, with a key of %i bytes', (keyBytes) => {
    const key = Buffer.alloc(keyBytes, 0xa7)
    const hmac = hmacSm3With(key)
    for (let length = 0; length < 600; length += 1) {
      const message = '件'.repeat(length / 3) + 'x'.repeat(length % 3)
      expect(hmac(message)).toEqual(hmacSm3(key, message))
      expect(hmac(Buffer.from(message))).toEqual(hmacSm3(key, message))
    }
  })
})
