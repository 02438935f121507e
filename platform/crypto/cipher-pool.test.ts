import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type CipherPool, createCipher, createCipherPool, loadKeys } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'pool-'))
afterAll(() => rmSync(folder, { recursive: true }))
const keys = loadKeys(folder)
const cipher = createCipher(keys)

async function withPool(workers: number, use: (pool: CipherPool) => Promise<void>): Promise<void> {
  const pool = createCipherPool({ keysFile: keys.file, workers })
  try {
    await use(pool)
  } finally {
    await pool.close()
  }
}

describe('cipher pool', () => {
  it('SEC-1 gives what the cipher gives, column by column', () =>
    withPool(2, async (pool) => {
      const names = ['张三', null, '', '欧阳娜娜']
      const plates = ['桂A12345', '桂a·12345', null, '  ']
      const result = await pool.process({
        encrypt: [names, plates],
        digest: [
          { kind: 'name', values: names },
          { kind: 'plate', values: plates },
        ],
      })
      expect(result.encrypt.map((column) => column.map((value) => cipher.decrypt(value)))).toEqual([
        names,
        plates,
      ])
      expect(result.digest).toEqual([
        names.map((value) => cipher.digest('name', value)),
        plates.map((value) => cipher.digest('plate', value)),
      ])
    }))

  it('SEC-1 keeps many batches apart', () =>
    withPool(2, async (pool) => {
      const batches = Array.from({ length: 40 }, (_, batch) =>
        Array.from({ length: 50 }, (_, row) => `值 ${batch}-${row}`),
      )
      const results = await Promise.all(
        batches.map((values) => pool.process({ encrypt: [values], digest: [] })),
      )
      expect(results.map(({ encrypt }) => encrypt[0]!.map((value) => cipher.decrypt(value)))).toEqual(batches)
    }))

  it('SEC-1 takes a batch of nothing', () =>
    withPool(1, async (pool) => {
      expect(await pool.process({ encrypt: [], digest: [] })).toEqual({ encrypt: [], digest: [] })
      expect(await pool.process({ encrypt: [[]], digest: [{ kind: 'vin', values: [] }] })).toEqual({
        encrypt: [[]],
        digest: [[]],
      })
    }))

  it('SEC-2 fails a batch that holds no text, and goes on with the next', () =>
    withPool(1, async (pool) => {
      const wrong = [[5 as unknown as string]]
      await expect(pool.process({ encrypt: wrong, digest: [] })).rejects.toThrow('could not be encrypted')
      const uncloneable = [[(() => 0) as unknown as string]]
      await expect(pool.process({ encrypt: uncloneable, digest: [] })).rejects.toThrow()
      expect((await pool.process({ encrypt: [['a']], digest: [] })).encrypt[0]).toHaveLength(1)
    }))

  it('SEC-2 says why it cannot work: no keys, no workers, closed', async () => {
    const keyless = createCipherPool({ keysFile: join(folder, 'none.json'), workers: 1 })
    await expect(keyless.process({ encrypt: [], digest: [] })).rejects.toThrow('none.json')
    await expect(keyless.process({ encrypt: [], digest: [] })).rejects.toThrow('no thread')
    await keyless.close()
    expect(() => createCipherPool({ keysFile: keys.file, workers: 0 })).toThrow(RangeError)

    const closed = createCipherPool({ keysFile: keys.file, workers: 1 })
    const underWay = closed.process({ encrypt: [['a']], digest: [] })
    underWay.catch(() => undefined)
    await closed.close()
    await expect(closed.process({ encrypt: [], digest: [] })).rejects.toThrow('no thread')
    await expect(underWay).rejects.toThrow('has ended')
  })
})
