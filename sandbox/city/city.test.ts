/** What the city promises whatever its size: the same seed the same rows, sound references, valid numbers, sizes of NFR-3. */
import { createHash } from 'node:crypto'
import { factTables } from '@hengjian/business'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CityOptions,
  FACT_TABLES,
  type FactRow,
  type FactTableName,
  generateCity,
  type Reference,
} from './index.ts'

async function fingerprint(options: CityOptions): Promise<string> {
  const city = generateCity(options)
  const hash = createHash('sha256').update(JSON.stringify(city.reference))
  for await (const batch of city.batches()) hash.update(batch.table).update(JSON.stringify(batch.rows))
  return hash.update(JSON.stringify(await city.groundTruth())).digest('hex')
}

const small = { vehicles: 2000, years: 1, seed: 7 }

describe('the same seed gives the same city', () => {
  it('byte for byte, and another seed another one', async () => {
    const first = await fingerprint(small)
    expect(await fingerprint(small)).toBe(first)
    expect(await fingerprint({ ...small, seed: 8 })).not.toBe(first)
  }, 60_000)

  it('again from one generator, and the list of plants without reading the facts first', async () => {
    const city = generateCity(small)
    const count = async () => {
      let rows = 0
      for await (const batch of city.batches()) rows += batch.rows.length
      return rows
    }
    const truth = await city.groundTruth()
    expect(await count()).toBe(await count())
    expect(await city.groundTruth()).toEqual(truth)
  }, 60_000)
})

describe('options out of range are refused, all at once', () => {
  for (const [name, options] of Object.entries({
    'too few vehicles': { ...small, vehicles: 1999 },
    'half a vehicle': { ...small, vehicles: 2000.5 },
    'no number': { ...small, vehicles: Number.NaN },
    'no years': { ...small, years: 0 },
    'negative seed': { ...small, seed: -1 },
    'endless seed': { ...small, seed: Number.POSITIVE_INFINITY },
    'a month that is none': { ...small, until: '2026-13-01' },
    'a day inside a month': { ...small, until: '2026-11-15' },
    'text instead of a date': { ...small, until: "2026-11-01'; drop" },
  }))
    it(name, () => expect(() => generateCity(options as CityOptions)).toThrow(RangeError))

  it('names every fault', () => {
    expect(() => generateCity({ vehicles: 1, years: 99, seed: 1.5, until: 'x' })).toThrow(
      /vehicles.*years.*seed.*until/,
    )
  })
})

describe('a city of 30,000 vehicles', () => {
  const tables = new Map<FactTableName, FactRow[]>()
  const ids = new Set<string>()
  const missing: string[] = []
  const progress: number[] = []
  let reference: Reference
  let largestBatch = 0
  const rows = (table: FactTableName) => tables.get(table) ?? []

  beforeAll(async () => {
    const city = generateCity({
      vehicles: 30_000,
      years: 2,
      seed: 42,
      onProgress: ({ done, total }) => progress.push(done / total),
    })
    reference = city.reference
    const known = new Set<string>()
    for (const list of Object.values(reference)) for (const row of list) if ('id' in row) known.add(row.id)
    for await (const { table, rows } of city.batches()) {
      largestBatch = Math.max(largestBatch, rows.length)
      for (const row of rows) {
        if (ids.has(row.id)) missing.push(`${table} ${row.id} twice`)
        ids.add(row.id)
        known.add(row.id)
      }
      for (const row of rows)
        for (const column of REFERENCES) {
          const value = row[column]
          if (typeof value === 'string' && !known.has(value)) missing.push(`${table}.${column} ${value}`)
        }
      tables.set(table, [...(tables.get(table) ?? []), ...rows])
    }
  }, 120_000)

  const REFERENCES = [
    'unit_id',
    'vehicle_id',
    'person_id',
    'organisation_id',
    'transaction_id',
    'inspection_id',
    'examination_id',
    'institution_id',
    'site_id',
    'school_id',
    'examiner_id',
    'auditor_id',
    'candidate_id',
    'handler_id',
    'operator_id',
    'agent_id',
    'owner',
  ]

  it('gives every id once, and hands out what is referred to first', () => expect(missing).toEqual([]))

  it('streams in batches and tells how far it is', () => {
    expect(largestBatch).toBeLessThan(20_000)
    expect(progress.at(-1)).toBe(1)
    expect(progress.length).toBe(25)
  })

  it('BIZ-20 fills only columns that the fact tables have, and all that must not be null', () => {
    for (const table of FACT_TABLES) {
      const config = getTableConfig(factTables[table]!)
      const names = new Set(config.columns.map((column) => column.name))
      const needed = config.columns
        .filter((column) => column.notNull && !column.hasDefault)
        .map((column) => column.name)
      for (const row of rows(table)) {
        const wrong = Object.keys(row).filter((name) => name !== 'personal' && !names.has(name))
        const lacking = needed.filter((name) => row[name] === null || row[name] === undefined)
        if (wrong.length + lacking.length > 0) expect.fail(`${table}: unknown ${wrong}, lacking ${lacking}`)
      }
    }
    expect(
      rows('vehicle_owner').every((row) => (row['person_id'] === null) !== (row['organisation_id'] === null)),
    ).toBe(true)
  })

  it('puts every row under a unit of the tree', () => {
    const units = new Map(reference.units.map((unit) => [unit.id, unit.path]))
    for (const table of FACT_TABLES)
      for (const row of rows(table))
        if (units.get(row.unit_id) !== row.unit_path) expect.fail(`${table} ${row.unit_path}`)
    for (const unit of reference.units)
      expect(
        unit.parent_code === null ||
          reference.units.some(
            (each) => each.code === unit.parent_code && unit.path === `${each.path}${unit.code}/`,
          ),
      ).toBe(true)
  })

  it('gives people, companies and vehicles valid numbers that nobody shares', () => {
    const people = rows('person').filter((row) => row['kind'] === 'person')
    for (const row of people)
      if (!validIdentity(row.personal!.id_number!)) expect.fail(`${row.personal!.id_number}`)
    for (const row of rows('person').filter((each) => each['kind'] === 'organisation'))
      if (!validCreditCode(row.personal!.id_number!)) expect.fail(`${row.personal!.id_number}`)
    for (const row of rows('vehicle')) {
      if (!validVin(row['vin'] as string)) expect.fail(`${row['vin']}`)
      if (!/^[桂湘粤贵川][A-Z][A-HJ-NP-Z0-9]{5}$/.test(row['plate'] as string)) expect.fail(`${row['plate']}`)
    }
    const distinct = (values: unknown[]) => expect(new Set(values).size).toBe(values.length)
    distinct(rows('person').map((row) => row.personal!.id_number))
    distinct(rows('vehicle').map((row) => row['vin']))
    distinct(rows('vehicle').map((row) => `${row['plate_kind']} ${row['plate']}`))
    distinct(rows('transaction').map((row) => row['serial']))
    for (const row of people) expect(row.personal!.mobile).toMatch(/^1[3-9]\d{9}$/)
    for (const row of people.slice(0, 500))
      expect(row['id_region']).toBe(row.personal!.id_number!.slice(0, 6))
  })

  it('NFR-3 holds the proportions of a city of 4 million', () => {
    const per = (30_000 / 4_000_000) * 2
    // Windows that carry plants alone come on top of the city's business.
    const ordinary = rows('transaction').filter((row) => !row.unit_path.startsWith('/45/4503/450390/'))
    const kinds = (names: string[]) =>
      ordinary.filter((row) => names.includes(row['business_kind'] as string)).length / per
    const of = (table: FactTableName) => rows(table).length / per
    const near = (value: number, aim: number, slack: number) =>
      expect(Math.abs(value / aim - 1)).toBeLessThan(slack)
    const moves = ['registration', 'transfer_registration', 'vehicle_transfer_in', 'vehicle_transfer_out']
    near(kinds(moves), 400_000, 0.06)
    // Besides, whoever passes the last test has the class added.
    const passed = rows('examination').filter(
      (row) => row['subject'] === 'subject3_safety' && row['passed'],
    ).length
    near(kinds(['first_licence', 'added_class']) - passed / per, 260_000, 0.03)
    near(
      ordinary.filter((row) => row['subject_kind'] === 'vehicle').length / per - kinds(moves),
      630_000,
      0.05,
    )
    near(
      ordinary.filter((row) => row['subject_kind'] === 'licence').length / per -
        kinds(['first_licence', 'added_class']),
      300_000,
      0.05,
    )
    near(of('inspection'), 770_000, 0.12)
    // Full-mark exams are mostly planted ones in a city of this size.
    near(rows('examination').filter((row) => !row['full_mark']).length / per, 1_600_000, 0.16)
  })

  it('keeps the order of steps, working hours and the end of the history', () => {
    const end = Date.parse('2026-11-01T00:00:00+08:00')
    const accepted = new Map(rows('transaction').map((row) => [row.id, row['accepted_at'] as Date]))
    const last = new Map<string, { ordinal: number; done: number }>()
    for (const row of rows('transaction_step')) {
      const transaction = row['transaction_id'] as string
      const before = last.get(transaction) ?? { ordinal: 0, done: accepted.get(transaction)!.getTime() }
      const done = (row['done_at'] as Date | null)?.getTime() ?? end - 1
      if (row['ordinal'] !== before.ordinal + 1 || done < before.done || done >= end)
        expect.fail(`${transaction} ${row['step']} ${new Date(done).toISOString()}`)
      last.set(transaction, { ordinal: row['ordinal'] as number, done })
    }
    const hour = (at: unknown) => ((at as Date).getTime() / 3_600_000 + 8) % 24
    for (const row of rows('transaction'))
      if (row['channel'] !== 'online' && (hour(row['accepted_at']) < 9 || hour(row['accepted_at']) > 17.05))
        expect.fail(`accepted at ${hour(row['accepted_at'])}`)
  })

  it('ends ownership at a change of owner, and never leaves a vehicle with two owners', () => {
    const owners = new Map<string, { from: number; to: number }[]>()
    for (const row of rows('vehicle_owner')) {
      if (row['co_owner']) continue
      const list = owners.get(row['vehicle_id'] as string) ?? []
      list.push({
        from: (row['from'] as Date).getTime(),
        to: (row['to'] as Date | null)?.getTime() ?? Number.POSITIVE_INFINITY,
      })
      owners.set(row['vehicle_id'] as string, list)
    }
    let changed = 0
    for (const [vehicle, list] of owners) {
      list.sort((a, b) => a.from - b.from)
      for (let i = 1; i < list.length; i++) {
        if (list[i]!.from < list[i - 1]!.to) expect.fail(`vehicle ${vehicle} has two owners`)
        changed++
      }
    }
    expect(changed).toBeGreaterThan(1000)
  })

  it('is busier after holidays than in the Spring Festival month, and closed on rest days', () => {
    const window = rows('transaction').filter((row) => row['channel'] === 'window')
    const inMonth = (month: string) =>
      window.filter((row) =>
        new Date((row['accepted_at'] as Date).getTime() + 28_800_000).toISOString().startsWith(month),
      ).length
    expect(inMonth('2026-02')).toBeLessThan(inMonth('2026-03') * 0.85)
    expect(inMonth('2025-10-02')).toBe(0)
    expect(inMonth('2025-09-28')).toBeGreaterThan(0)
  })
})

function validIdentity(number: string): boolean {
  if (!/^\d{17}[\dX]$/.test(number)) return false
  const date = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) return false
  const values = [...number].map((c) => (c === 'X' ? 10 : Number(c)))
  return values.reduce((sum, value, i) => (sum + value * 2 ** (17 - i)) % 11, 0) === 1
}

function validCreditCode(code: string): boolean {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const values = [...code].map((c) => alphabet.indexOf(c))
  if (code.length !== 18 || values.includes(-1)) return false
  let weight = 1
  let sum = 0
  for (let i = 0; i < 17; i++, weight = (weight * 3) % 31) sum += values[i]! * weight
  return (sum + values[17]!) % 31 === 0
}

function validVin(vin: string): boolean {
  if (!/^[A-HJ-NPR-Z0-9]{17}$/.test(vin)) return false
  const values = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ'
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
  const sum = [...vin].reduce((total, c, i) => total + (values.indexOf(c) % 10) * weights[i]!, 0)
  return vin[8] === (sum % 11 === 10 ? 'X' : String(sum % 11))
}
