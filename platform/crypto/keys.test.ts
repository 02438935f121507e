import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { signSm2, verifySm2 } from '@hengjian/sm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCipher, type KeysError, keysFileOf, loadKeys, rotateDataKey } from './index.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'))
  file = keysFileOf(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

const withCode = (code: KeysError['code']) => expect.objectContaining({ name: 'KeysError', code })
const change = (edit: (stored: Record<string, never>) => void) => {
  const stored = JSON.parse(readFileSync(file, 'utf8'))
  edit(stored)
  writeFileSync(file, JSON.stringify(stored))
}

describe('keys of an installation', () => {
  it('SEC-1 are made on first use, for their owner alone, and stay', () => {
    const first = loadKeys(folder)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['keys.json'])
    expect(loadKeys(folder)).toEqual(first)
    expect(loadKeys(join(folder, 'other/data')).rowCheckKey).not.toEqual(first.rowCheckKey)
  })

  it('SEC-1 are all different, and the signing pair signs', () => {
    const keys = loadKeys(folder)
    const secrets = [
      ...Object.values(keys.digestKeys),
      ...[keys.rowCheckKey, keys.sessionKey, keys.nodeKey, keys.fileKey, keys.passwordKey],
      keys.auditSigningKey.privateKey,
    ]
    expect(secrets.every((secret) => secret.length === 32)).toBe(true)
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(13)
    const { privateKey, publicKey } = keys.auditSigningKey
    expect(verifySm2(publicKey, 'checkpoint', signSm2(privateKey, 'checkpoint'))).toBe(true)
  })

  it('SEC-1 are the same for processes that start at once', async () => {
    const script = `import { loadKeys } from '@hengjian/platform/crypto'
      process.stdout.write(loadKeys(${JSON.stringify(folder)}).rowCheckKey.toString('hex'))`
    const start = () =>
      promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], {
        cwd: import.meta.dirname,
      })
    const seen = await Promise.all(Array.from({ length: 4 }, start))
    expect(new Set(seen.map(({ stdout }) => stdout))).toEqual(
      new Set([loadKeys(folder).rowCheckKey.toString('hex')]),
    )
    expect(readdirSync(folder)).toEqual(['keys.json'])
  })

  it.each([0o640, 0o604, 0o660, 0o644])('SEC-2 are refused where others may read them (%o)', (mode) => {
    loadKeys(folder)
    chmodSync(file, mode)
    expect(() => loadKeys(folder)).toThrow(withCode('exposed'))
    expect(() => loadKeys(folder)).toThrow(/chmod 600/)
    expect(() => rotateDataKey(folder)).toThrow(withCode('exposed'))
  })

  it('SEC-2 that are damaged are named, never shown and never replaced', () => {
    const { rowCheckKey } = loadKeys(folder)
    change((stored) => {
      const parts = stored as unknown as Record<string, unknown>
      parts.sessionKey = 'short'
      parts.nodeKey = undefined
      ;(parts.dataKeys as { current: number }).current = 9
      ;(parts.digestKeys as Record<string, unknown>).vin = undefined
    })
    const damaged = readFileSync(file, 'utf8')
    let message = ''
    try {
      loadKeys(folder)
    } catch (error) {
      expect(error).toEqual(withCode('malformed'))
      message = (error as Error).message
    }
    for (const part of ['sessionKey', 'nodeKey', 'dataKeys', 'digestKeys.vin'])
      expect(message).toContain(part)
    expect(message).not.toContain(rowCheckKey.toString('hex'))
    expect(message).not.toContain('short')
    expect(readFileSync(file, 'utf8')).toBe(damaged)
  })

  it.each(['', '{', 'null', '[]'])('SEC-2 refuses a file that holds %j', (text) => {
    writeFileSync(file, text, { mode: 0o600 })
    expect(() => loadKeys(folder)).toThrow(withCode('malformed'))
  })

  it('SEC-2 finds a signing key that was exchanged by half', () => {
    loadKeys(folder)
    const other = loadKeys(join(folder, 'other'))
    change((stored) => {
      const pair = (stored as unknown as { auditSigningKey: { publicKey: string } }).auditSigningKey
      pair.publicKey = other.auditSigningKey.publicKey.toString('hex')
    })
    expect(() => loadKeys(folder)).toThrow(/auditSigningKey/)
  })

  it('SEC-1 rotate: the new key encrypts, the old one still decrypts, digests stay', () => {
    const before = createCipher(loadKeys(folder))
    const old = before.encrypt('张三')
    const rotated = rotateDataKey(folder)
    expect(rotated.dataKeys.current).toBe(2)
    expect(loadKeys(folder)).toEqual(rotated)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['keys.json'])

    const after = createCipher(rotated)
    const fresh = after.encrypt('张三')
    expect([old[0], fresh[0]]).toEqual([1, 2])
    expect([after.decrypt(old), after.decrypt(fresh)]).toEqual(['张三', '张三'])
    expect(after.digest('name', '张三')).toEqual(before.digest('name', '张三'))
    // A cipher made before looks into the file again.
    expect(before.decrypt(fresh)).toBe(after.decrypt(fresh))
  })
})
