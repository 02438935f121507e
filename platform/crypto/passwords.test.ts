import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  constantTimeEqual,
  hashPassword,
  loadKeys,
  passwordNeedsRehash,
  randomToken,
  verifyPassword,
} from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'passwords-'))
afterAll(() => rmSync(folder, { recursive: true }))
const keys = loadKeys(folder)

describe('password hashes', () => {
  it('PLT-10 accept the password and no other', async () => {
    const stored = await hashPassword(keys, 'Hengjian@2026')
    expect(stored).toMatch(/^\$argon2id-sm3\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/)
    expect(await verifyPassword(keys, 'Hengjian@2026', stored)).toBe(true)
    for (const wrong of ['hengjian@2026', 'Hengjian@2026 ', '', 'x'.repeat(2000)]) {
      expect(await verifyPassword(keys, wrong, stored)).toBe(false)
    }
  })

  it('PLT-10 differ for equal passwords', async () => {
    expect(await hashPassword(keys, 'same')).not.toBe(await hashPassword(keys, 'same'))
  })

  it('PLT-10 take one spelling of composed characters', async () => {
    expect(await verifyPassword(keys, 'caf\u00e9', await hashPassword(keys, 'cafe\u0301'))).toBe(true)
  })

  it('SEC-1 are worth nothing without the key of the installation', async () => {
    const stored = await hashPassword(keys, 'secret')
    expect(await verifyPassword(loadKeys(join(folder, 'stranger')), 'secret', stored)).toBe(false)
  })

  it('PLT-10 carry their cost, so that old ones still count and are renewed', async () => {
    const stored = await hashPassword(keys, 'secret')
    expect(passwordNeedsRehash(stored)).toBe(false)
    const cheaper = stored.replace('m=19456', 'm=8192')
    expect(passwordNeedsRehash(cheaper)).toBe(true)
    expect(await verifyPassword(keys, 'secret', cheaper)).toBe(false)
  })

  it('SEC-2 refuse empty and endless passwords', async () => {
    await expect(hashPassword(keys, '')).rejects.toThrow(RangeError)
    await expect(hashPassword(keys, 'x'.repeat(1025))).rejects.toThrow(RangeError)
  })

  it.each(['', 'secret', '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA', '$argon2id-sm3$m=9999999,t=2,p=1$A$A'])(
    'SEC-2 report a stored text that is no hash: %j',
    async (stored) => {
      await expect(verifyPassword(keys, 'secret', stored)).rejects.toThrow('damaged')
    },
  )

  it('PLT-10 answer as slowly for a name that does not exist', async () => {
    const stored = await hashPassword(keys, 'secret')
    const median = async (against: string | null) => {
      const times: number[] = []
      for (let round = 0; round < 5; round += 1) {
        const start = performance.now()
        expect(await verifyPassword(keys, 'wrong', against)).toBe(false)
        times.push(performance.now() - start)
      }
      return times.sort((a, b) => a - b)[2]!
    }
    expect(await median(null)).toBeGreaterThan((await median(stored)) / 4)
  })

  it('PLT-10 leave the event loop free', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await Promise.all(Array.from({ length: 8 }, () => hashPassword(keys, 'secret')))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(10)
  })
})

describe('tokens', () => {
  it('PLT-10 are random and of the length asked for', () => {
    expect(Buffer.from(randomToken(), 'base64url')).toHaveLength(32)
    expect(Buffer.from(randomToken(16), 'base64url')).toHaveLength(16)
    expect(new Set(Array.from({ length: 100 }, () => randomToken(16))).size).toBe(100)
  })

  it('PLT-10 compare as text and as bytes, of any length', () => {
    expect(constantTimeEqual('abc', 'abc')).toBe(true)
    expect(constantTimeEqual('abc', Buffer.from('abc'))).toBe(true)
    expect(constantTimeEqual('', '')).toBe(true)
    for (const other of ['abd', 'ab', 'abcd', '']) expect(constantTimeEqual('abc', other)).toBe(false)
  })
})
