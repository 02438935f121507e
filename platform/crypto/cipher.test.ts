import { createCipheriv } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hmacSm3 } from '@hengjian/sm'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type CheckPart, createCipher, loadKeys } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'cipher-'))
afterAll(() => rmSync(folder, { recursive: true }))
const keys = loadKeys(folder)
const cipher = createCipher(keys)
const stranger = createCipher(loadKeys(join(folder, 'stranger')))
const withCode = (code: string) => expect.objectContaining({ name: 'CipherError', code })

describe('encrypted columns', () => {
  it('SEC-1 have the layout that is written down', () => {
    const box = cipher.encrypt('桂A12345')
    expect(box).toHaveLength(1 + 16 + 9 + 8)
    expect(box[0]).toBe(1)
    const key = keys.dataKeys.keys[0]!.key
    expect(createCipheriv('sm4-ctr', key, box.subarray(1, 17)).update('桂A12345')).toEqual(
      box.subarray(17, -8),
    )
    const tagKey = hmacSm3(key, 'hengjian: tag of encrypted columns')
    expect(hmacSm3(tagKey, box.subarray(0, -8)).subarray(0, 8)).toEqual(box.subarray(-8))
  })

  it('SEC-1 give back every text, and null for null', () => {
    expect(cipher.encrypt(null)).toBeNull()
    expect(cipher.decrypt(null)).toBeNull()
    expect(cipher.decrypt(cipher.encrypt(''))).toBe('')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cipher.decrypt(cipher.encrypt(text))).toBe(text)
      }),
    )
  })

  it('SEC-1 are SM4-CTR at every length and for every counter', () => {
    const key = keys.dataKeys.keys[0]!.key
    for (let length = 0; length < 600; length += 1) {
      const text = 'a'.repeat(length)
      const box = cipher.encrypt(text)
      expect(createCipheriv('sm4-ctr', key, box.subarray(1, 17)).update(text)).toEqual(box.subarray(17, -8))
      expect(cipher.decrypt(box)).toBe(text)
    }
    // one in 16 of these counts past a byte
    for (let i = 0; i < 1000; i += 1) {
      const text = '汉'.repeat(80)
      expect(cipher.decrypt(cipher.encrypt(text))).toBe(text)
    }
  })

  it('SEC-1 never repeat an iv', () => {
    const ivs = Array.from({ length: 2000 }, () => cipher.encrypt('张三').subarray(1, 17).toString('hex'))
    expect(new Set(ivs).size).toBe(2000)
  })

  it('SEC-1 do not decrypt once a single bit has changed', () => {
    const box = cipher.encrypt('440524188001010014')
    for (let bit = 8; bit < box.length * 8; bit += 1) {
      const altered = Buffer.from(box)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => cipher.decrypt(altered)).toThrow(withCode('tampered'))
    }
  })

  it('SEC-2 tell what is wrong with bytes that are no ciphertext', () => {
    const box = cipher.encrypt('张三')
    expect(() => cipher.decrypt(Buffer.alloc(0))).toThrow(withCode('malformed'))
    expect(() => cipher.decrypt(box.subarray(0, 24))).toThrow(withCode('malformed'))
    expect(() => cipher.decrypt(box.subarray(0, -1))).toThrow(withCode('tampered'))
    expect(() => cipher.decrypt(Buffer.concat([box, Buffer.of(0)]))).toThrow(withCode('tampered'))
    expect(() => cipher.decrypt(Buffer.concat([Buffer.of(7), box.subarray(1)]))).toThrow(
      withCode('unknown-key'),
    )
    expect(() => stranger.decrypt(box)).toThrow(withCode('tampered'))
  })
})

describe('digests', () => {
  it('SEC-1 are HMAC-SM3 of the normalised value, cut to 16 bytes', () => {
    const expected = hmacSm3(keys.digestKeys.id_number, '11010519491231002X').subarray(0, 16)
    expect(cipher.digest('id_number', '11010519491231002X')).toEqual(expected)
    expect(cipher.digest('id_number', ' １１０１０５19491231002x')).toEqual(expected)
    expect(cipher.digest('mobile', '+86 138 0013 8000')).toEqual(cipher.digest('mobile', '13800138000'))
  })

  it('SEC-1 of two kinds, or of two installations, never match', () => {
    const value = '桂A12345'
    expect(cipher.digest('plate', value)).not.toEqual(cipher.digest('generic', value))
    expect(cipher.digest('plate', value)).not.toEqual(stranger.digest('plate', value))
  })

  it('SEC-1 of nothing are nothing, so that blanks do not match each other', () => {
    for (const value of [null, '', '  ', '\u3000']) expect(cipher.digest('mobile', value)).toBeNull()
  })
})

describe('check values', () => {
  const at = new Date('2026-03-01T08:00:00.123Z')
  const row: CheckPart[] = ['transaction', 'id-1', 3, true, at, Buffer.from('ab'), null]

  it('PLT-22 hold for the same values only', () => {
    const value = cipher.checkValue(row)
    expect(value).toHaveLength(32)
    expect(cipher.verifyCheckValue(row, value)).toBe(true)
    expect(stranger.verifyCheckValue(row, value)).toBe(false)
    const others: CheckPart[] = ['Transaction', 'id-2', 4, false, new Date(+at + 1), Buffer.from('ac'), '']
    for (const [place, other] of others.entries()) {
      expect(cipher.verifyCheckValue(row.with(place, other), value)).toBe(false)
    }
    expect(cipher.verifyCheckValue(row.slice(0, -1), value)).toBe(false)
    expect(cipher.verifyCheckValue([...row, null], value)).toBe(false)
    expect(cipher.verifyCheckValue(row.toReversed(), value)).toBe(false)
  })

  it('PLT-22 refuse missing and mutilated check values', () => {
    const value = cipher.checkValue(row)
    expect(cipher.verifyCheckValue(row, null)).toBe(false)
    expect(cipher.verifyCheckValue(row, value.subarray(0, 16))).toBe(false)
    expect(cipher.verifyCheckValue(row, Buffer.alloc(0))).toBe(false)
    expect(cipher.verifyCheckValue(row, Buffer.alloc(32))).toBe(false)
  })

  it('PLT-22 tell apart values that look alike', () => {
    const lists: CheckPart[][] = [
      [],
      [null],
      [''],
      ['', ''],
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['1'],
      [1],
      [true],
      [Buffer.of(1)],
      [Buffer.from('1')],
      [at],
      [at.toISOString()],
      [+at],
      [String(+at)],
      ['null'],
      ['s\0\0\0\u0001a'],
    ]
    const values = lists.map((parts) => cipher.checkValue(parts).toString('hex'))
    expect(new Set(values).size).toBe(lists.length)
  })

  it('PLT-22 differ for any two different lists', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
    )
    const list = fc.array(part, { maxLength: 4 })
    const text = (parts: CheckPart[]) =>
      parts
        .map((value) => `${value instanceof Date ? 'date' : typeof value}:${JSON.stringify(value)}`)
        .join('|')
    fc.assert(
      fc.property(list, list, (one, other) => {
        expect(cipher.verifyCheckValue(one, cipher.checkValue(other))).toBe(text(one) === text(other))
      }),
    )
  })

  it('PLT-22 refuse what they cannot cover, rather than pass it as empty', () => {
    for (const part of [undefined, new Date(Number.NaN), {}, ['a'], 1n]) {
      expect(() => cipher.checkValue([part as CheckPart])).toThrow(TypeError)
    }
  })
})
