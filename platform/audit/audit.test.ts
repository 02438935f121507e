import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { newId } from '@hengjian/platform/context'
import { sm3 } from '@hengjian/sm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chainHash, GENESIS } from './chain.ts'
import { startSealer } from './index.ts'
import { openTestLog, type TestLog } from './test-log.ts'

let log: TestLog

const event = (action: string) => ({
  action,
  object: { kind: 'transaction', id: newId() },
  before: { state: 'accepted', b: [1, 2.5, null], 汉字: '值' },
  after: { state: 'reviewed', nested: { z: true, a: 1e21 } },
  reason: '复核通过',
})

/** A sealed log of six entries with checkpoints at 3 and 6. */
async function sixEntries(): Promise<string[]> {
  const first = await log.record(event('a.one'), event('a.two'), event('a.three'))
  await log.seal()
  log.advance(61_000)
  const second = await log.record(event('a.four'), event('a.five'), event('a.six'))
  await log.seal()
  // within a transaction the chain goes by id
  return [...first.sort(), ...second.sort()]
}

describe('sealing', () => {
  beforeAll(async () => {
    log = await openTestLog()
  })
  afterAll(() => log.close())

  test('PLT-21 a place is SM3 over the place before, sequence, entry and check value', async () => {
    const [id] = await log.record(event('a.first'))
    expect(await log.seal()).toBe(1)
    const [row] = await log.tamper(
      'SELECT s.sequence, s.hash, e.check_value FROM audit_seal s JOIN audit_entry e ON e.id = s.audit_id',
    )
    const bytes = Buffer.concat([
      Buffer.alloc(32),
      Buffer.from('0000000000000001', 'hex'),
      Buffer.from(id!.replaceAll('-', ''), 'hex'),
      row.check_value,
    ])
    expect(row.hash.toString('hex')).toBe(sm3(bytes).toString('hex'))
  })

  test('PLT-21 an entry of a transaction that is still open is sealed after its commit, none is skipped', async () => {
    let commit!: () => void
    const open = log.services.database.transaction(
      { kind: 'all', unitPath: '/', actorId: newId() },
      async (tx) => {
        await tx.client.query('SELECT pg_current_xact_id()')
        await new Promise<void>((resolve) => {
          commit = resolve
        })
      },
    )
    await expect.poll(() => commit).toBeDefined()
    const [late] = await log.record(event('a.late'))
    expect(await log.sealOnce()).toBe(0)
    commit()
    await open
    expect(await log.seal()).toBe(1)
    const [last] = await log.tamper('SELECT audit_id FROM audit_seal ORDER BY sequence DESC LIMIT 1')
    expect(last.audit_id).toBe(late)
  })

  test('PLT-21 two sealers at once seal each entry once', async () => {
    await log.record(...Array.from({ length: 50 }, () => event('a.many')))
    const sealed = await Promise.all([log.seal(), log.seal(), log.seal()])
    expect(sealed.reduce((a, b) => a + b)).toBe(50)
    expect(await log.verify()).toMatchObject({ ok: true, checked: 52 })
  })

  test('PLT-21 a checkpoint is made every 1,000 entries and every minute, in database and file', async () => {
    const before = readFileSync(log.checkpointFile, 'utf8').trim().split('\n').length
    for (let i = 0; i < 4; i++) await log.record(...Array.from({ length: 510 }, () => event('a.bulk')))
    expect(await log.seal()).toBe(2040)
    const bulk = await log.tamper('SELECT sequence, entries FROM audit_checkpoint ORDER BY sequence')
    expect(bulk.map((row) => Number(row.sequence))).toEqual([1, 1001, 2001])
    log.advance(61_000)
    await log.seal()
    const lines = readFileSync(log.checkpointFile, 'utf8').trim().split('\n')
    expect(lines.length - before).toBe(3)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ sequence: 2092, entries: 91 })
    expect(await log.verify()).toMatchObject({ ok: true, checked: 2092 })
  })

  test('PLT-21 the loop seals within a second', async () => {
    const sealer = startSealer(log.services)
    try {
      const [id] = await log.record(event('a.soon'))
      // other databases of the test server have transactions too: the second counts from when none is older
      const isOldest = async () => {
        const sql =
          'SELECT xid < pg_snapshot_xmin(pg_current_snapshot()) AS oldest FROM audit_entry WHERE id = $1'
        return (await log.tamper(sql, [id]))[0].oldest
      }
      await expect.poll(isOldest, { timeout: 20_000, interval: 10 }).toBe(true)
      await expect
        .poll(() => log.tamper('SELECT sequence FROM audit_seal WHERE audit_id = $1', [id]), {
          timeout: 1000,
          interval: 50,
        })
        .toHaveLength(1)
    } finally {
      await sealer.stop()
    }
  })

  test('PLT-21 a checkpoint lost between commit and file is written by the next round, a cut line is mended', async () => {
    const text = readFileSync(log.checkpointFile, 'utf8')
    const lines = text.trimEnd().split('\n')
    writeFileSync(log.checkpointFile, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)!.slice(0, 40)}`)
    log.advance(61_000)
    await log.record(event('a.next'))
    // a new process has copied nothing yet
    const { sealAudit } = await import('./seal.ts?again' as './seal.ts')
    await sealAudit({ ...log.services, checkpointFile: log.checkpointFile })
    expect(readFileSync(log.checkpointFile, 'utf8').startsWith(text)).toBe(true)
    expect(await log.verify()).toMatchObject({ ok: true })
  })

  test('PLT-5 nobody but the audit reader sees an entry, and the application cannot alter one', async () => {
    const everyone = { kind: 'all', unitPath: '/', actorId: newId() } as const
    const { database } = log.services
    const seen = await database.transaction(everyone, (tx) => tx.client.query('SELECT id FROM audit_entry'))
    expect(seen.rowCount).toBe(0)
    for (const sql of [
      'UPDATE audit_entry SET reason = NULL',
      'DELETE FROM audit_entry',
      'DELETE FROM audit_seal',
    ])
      await expect(database.transaction(everyone, (tx) => tx.client.query(sql))).rejects.toMatchObject({
        code: '42501',
      })
  })
})

describe('tampering straight in the database', () => {
  let ids: string[]
  beforeEach(async () => {
    log = await openTestLog()
    ids = await sixEntries()
    expect(await log.verify()).toEqual({ ok: true, checked: 6, faults: [] })
    return () => log.close()
  })

  test('PLT-21 an altered entry is found and named', async () => {
    await log.tamper('UPDATE audit_entry SET actor_name = $2 WHERE id = $1', [ids[3], '别人'])
    expect(await log.verify()).toMatchObject({
      ok: false,
      fault: { what: 'entry-altered', sequence: 4, entryId: ids[3] },
    })
  })

  test('PLT-21 what was before and after cannot be altered either', async () => {
    await log.tamper(`UPDATE audit_entry SET after = jsonb_set(after, '{nested,z}', 'false') WHERE id = $1`, [
      ids[1],
    ])
    expect(await log.verify()).toMatchObject({ fault: { what: 'entry-altered', sequence: 2 } })
  })

  test('PLT-21 an entry removed while its seal stays is found and named', async () => {
    await log.tamper('DELETE FROM audit_entry WHERE id = $1', [ids[2]])
    expect(await log.verify()).toMatchObject({
      fault: { what: 'entry-removed', sequence: 3, entryId: ids[2] },
    })
  })

  test('PLT-21 an entry removed with its seal is found by the gap', async () => {
    await log.tamper('DELETE FROM audit_seal WHERE audit_id = $1', [ids[4]])
    await log.tamper('DELETE FROM audit_entry WHERE id = $1', [ids[4]])
    expect(await log.verify()).toMatchObject({ fault: { what: 'entry-removed', sequence: 5 } })
  })

  test('PLT-21 a removed seal is told from a removed entry, and is not silently sealed anew', async () => {
    await log.tamper('DELETE FROM audit_seal WHERE sequence = 2')
    const verified = await log.verify()
    expect(verified).toMatchObject({ fault: { what: 'seal-removed', sequence: 2, entryId: ids[1] } })
    expect(verified.faults).toHaveLength(1)
    expect(await log.sealOnce()).toBe(0)
  })

  test('PLT-21 an inserted entry is noticed when it is sealed and named by verification', async () => {
    const forged = newId()
    await log.tamper(
      `INSERT INTO audit_entry (id, at, actor_kind, action, result, check_value)
       SELECT $1, at, actor_kind, 'a.forged', result, check_value FROM audit_entry WHERE id = $2`,
      [forged, ids[0]],
    )
    expect(await log.verify()).toMatchObject({
      fault: { what: 'entry-inserted', sequence: null, entryId: forged },
    })
    await log.seal()
    expect(await log.verify()).toMatchObject({
      fault: { what: 'entry-inserted', sequence: 7, entryId: forged },
    })
    const events = await log.tamper(
      `SELECT object_id, reason FROM audit_entry WHERE action = 'security.audit-entry-inserted'`,
    )
    expect(events).toMatchObject([{ object_id: forged }])
  })

  test('PLT-21 an entry inserted with a transaction id of the past is found though the sealer passes it by', async () => {
    const forged = newId()
    await log.tamper(
      `INSERT INTO audit_entry (id, xid, at, actor_kind, action, result, check_value)
       SELECT $1, '10', at, actor_kind, 'a.forged', result, check_value FROM audit_entry WHERE id = $2`,
      [forged, ids[0]],
    )
    expect(await log.sealOnce()).toBe(0)
    expect(await log.verify()).toMatchObject({ fault: { what: 'entry-inserted', entryId: forged } })
  })

  test('PLT-21 a cut tail is found by the file outside the database, even when the chain has grown again', async () => {
    await log.tamper('DELETE FROM audit_entry WHERE id = ANY($1)', [ids.slice(3)])
    await log.tamper('DELETE FROM audit_seal WHERE sequence > 3')
    await log.tamper('DELETE FROM audit_checkpoint WHERE sequence > 3')
    expect(await log.verify()).toMatchObject({ fault: { what: 'tail-cut', sequence: 4 } })
    await log.record(event('a.new'), event('a.new'), event('a.new'), event('a.new'))
    await log.seal()
    expect(await log.verify()).toMatchObject({ fault: { what: 'seal-altered', sequence: 4 } })
  })

  test('PLT-21 a chain computed anew after a removal contradicts the signed checkpoint', async () => {
    const rows = await log.tamper(
      'SELECT e.id, e.check_value FROM audit_seal s JOIN audit_entry e ON e.id = s.audit_id WHERE sequence <> 5 ORDER BY sequence',
    )
    await log.tamper('DELETE FROM audit_seal')
    await log.tamper('DELETE FROM audit_entry WHERE id = $1', [ids[4]])
    let hash = GENESIS
    let sequence = 0
    const extra = await log.tamper('SELECT id, xid::text, check_value FROM audit_entry')
    const xids = new Map(extra.map((row) => [row.id, row.xid]))
    for (const row of rows) {
      hash = chainHash(hash, ++sequence, row.id, row.check_value)
      await log.tamper('INSERT INTO audit_seal (sequence, audit_id, xid, hash) VALUES ($1, $2, $3, $4)', [
        sequence,
        row.id,
        xids.get(row.id),
        hash,
      ])
    }
    await log.record(event('a.filler'))
    await log.seal()
    expect(await log.verify()).toMatchObject({ fault: { what: 'seal-altered', sequence: 4 } })
  })

  test('PLT-21 an altered chain hash is found at its place', async () => {
    await log.tamper(`UPDATE audit_seal SET hash = sha256('x') WHERE sequence = 2`)
    expect(await log.verify()).toMatchObject({
      fault: { what: 'seal-altered', sequence: 2, entryId: ids[1] },
    })
  })

  test('PLT-21 a replaced checkpoint is found', async () => {
    await log.tamper(`UPDATE audit_checkpoint SET hash = sha256('x') WHERE sequence = 3`)
    expect(await log.verify()).toMatchObject({ fault: { what: 'checkpoint-altered', sequence: 3 } })
  })

  test('PLT-21 a removed checkpoint is found', async () => {
    await log.tamper('DELETE FROM audit_checkpoint WHERE sequence = 3')
    expect(await log.verify()).toMatchObject({ fault: { what: 'checkpoint-removed', sequence: 3 } })
  })

  test('PLT-21 an altered or removed checkpoint file is found', async () => {
    const text = readFileSync(log.checkpointFile, 'utf8')
    const [first, second] = text.trimEnd().split('\n')
    const altered: [string, number | null][] = [
      [`${first!.replace('"entries":3', '"entries":2')}\n${second}\n`, 3],
      [`${second}\n`, 3],
      [`${first}\n${second}\nnonsense\n`, null],
      ['', null],
    ]
    for (const [content, sequence] of altered) {
      writeFileSync(log.checkpointFile, content)
      expect(await log.verify()).toMatchObject({ fault: { what: 'checkpoint-file-altered', sequence } })
    }
  })

  test('PLT-21 of several faults the first in the chain is told first', async () => {
    await log.tamper('DELETE FROM audit_entry WHERE id = $1', [ids[5]])
    await log.tamper(`UPDATE audit_entry SET reason = '改' WHERE id = $1`, [ids[1]])
    const verified = await log.verify()
    expect(verified.faults.map((fault) => [fault.what, fault.sequence])).toEqual([
      ['entry-altered', 2],
      ['entry-removed', 6],
    ])
  })

  test('PLT-21 a log restored into a server that counts transactions anew goes on', async () => {
    await log.tamper(`UPDATE audit_entry SET xid = (xid::text::bigint + 1000000)::text::xid8`)
    await log.tamper(`UPDATE audit_seal SET xid = (xid::text::bigint + 1000000)::text::xid8`)
    await log.record(event('a.after-restore'))
    expect(await log.seal()).toBe(1)
    expect(await log.sealOnce()).toBe(0)
    expect(await log.verify()).toMatchObject({ ok: true, checked: 7 })
  })
})

test('PLT-21 sealers killed at any moment leave a chain that verifies, each entry in it once', async () => {
  log = await openTestLog()
  const places = async () => Number((await log.tamper('SELECT count(*) AS n FROM audit_seal'))[0].n)
  try {
    for (let kill = 0; kill < 4; kill++) {
      const sealer = spawn(process.execPath, [
        fileURLToPath(new URL('./test-sealer.ts', import.meta.url)),
        log.appUrl,
        log.services.config.dataDir,
      ])
      const exited = once(sealer, 'exit')
      const before = await places()
      const busy = async () => {
        for (let i = 0; sealer.exitCode === null && sealer.signalCode === null; i++)
          await log.record(...Array.from({ length: 400 }, () => event(`a.${kill}.${i}`)))
      }
      const writing = busy()
      await expect.poll(places, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before + 800)
      sealer.kill('SIGKILL')
      await Promise.all([exited, writing])
    }
    await log.seal()
    const [entries] = await log.tamper('SELECT count(*) AS n FROM audit_entry')
    expect(await log.verify()).toEqual({ ok: true, checked: Number(entries.n), faults: [] })
    expect(await places()).toBe(Number(entries.n))
  } finally {
    await log.close()
  }
}, 90_000)
