/**
 * L1–L4 measured by hand, from their sentences, over the rows of a small city: every plant is found with its value, no
 * near miss is, and little else.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { type FactRow, type FactTableName, generateCity, type Truth } from './index.ts'

const tables = new Map<FactTableName, FactRow[]>()
const rows = (table: FactTableName) => tables.get(table) ?? []
let truth: Truth[] = []

const time = (at: unknown) => (at as Date).getTime()
const dayOf = (at: unknown) => new Date(time(at) + 8 * 3_600_000).toISOString().slice(0, 10)
const monthOf = (at: unknown) => dayOf(at).slice(0, 7)
const yearOf = (at: unknown) => dayOf(at).slice(0, 4)

/** Groups that were judged, and what was measured in those that cross the threshold, by `key period`. */
interface Found {
  judged: number
  readonly findings: Map<string, number>
}

/** A group's value and whether it crosses the threshold; null = cannot be judged. */
type Verdict = { readonly measured: number; readonly fires: boolean } | null

function judge(
  groups: Iterable<[string, FactRow[]]>,
  verdict: (rows: FactRow[], key: string) => Verdict,
): Found {
  const found: Found = { judged: 0, findings: new Map() }
  for (const [key, list] of groups) {
    const result = verdict(list, key)
    if (!result) continue
    found.judged++
    if (result.fires) found.findings.set(key, result.measured)
  }
  return found
}

const over = (measured: number, threshold: number) => ({ measured, fires: measured > threshold })
const distinct = (list: readonly FactRow[], column: string) => new Set(list.map((row) => row[column])).size

/** A calendar month later, or the last day of that month. */
function monthsLater(at: unknown, months: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(time(at)).toZonedDateTimeISO('Asia/Shanghai')
  return local.add({ months }).epochMilliseconds
}

const licence = () =>
  rows('transaction').filter((row) => row['subject_kind'] === 'licence' && row['state'] !== 'withdrawn')
const ofKind = (kind: string) => licence().filter((row) => row['business_kind'] === kind)
const fromElsewhere = () => ofKind('first_licence').filter((row) => row['local'] === false)
const byUnit = (row: FactRow) => row.unit_id
const byHandler = (row: FactRow) => row['handler_id'] as string

/** Month against the mean of last year's months with data. */
function growth(list: FactRow[], who: (row: FactRow) => string, percent: number): Found {
  const years = Map.groupBy(list, (row) => `${who(row)} ${yearOf(row['accepted_at'])}`)
  return judge(
    Map.groupBy(list, (row) => `${who(row)} ${monthOf(row['accepted_at'])}`),
    (group, key) => {
      const [name, month] = key.split(' ') as [string, string]
      const last = years.get(`${name} ${Number(month.slice(0, 4)) - 1}`)
      if (!last) return null
      const base = last.length / new Set(last.map((row) => monthOf(row['accepted_at']))).size
      return over((100 * (group.length - base)) / base, percent)
    },
  )
}

/** Licences that moved out after something of their owner's, by the unit that did it and the month. */
function movedOut(before: FactRow[], fits: (row: FactRow, out: FactRow) => boolean): Found {
  const done = Map.groupBy(before, (row) => row['person_id'] as string)
  const pairs = rows('licence_transfer')
    .filter((row) => row['direction'] === 'out' && row['at'])
    .flatMap((out) =>
      (done.get(out['person_id'] as string) ?? [])
        .filter((row) => fits(row, out))
        .map((row) => ({ ...row, left: out['at'] })),
    )
  return judge(
    Map.groupBy(pairs, (row) => `${row.unit_id} ${monthOf(row.left)}`),
    (group) => over(distinct(group, 'person_id'), 20),
  )
}

/** Non-local first applicants of a month with one particular. */
function sharing(particular: 'address' | 'mobile'): Found {
  const values = new Map(rows('person').map((row) => [row.id, row.personal?.[particular]]))
  return judge(
    Map.groupBy(
      fromElsewhere(),
      (row) => `${row.unit_id}|${values.get(row['person_id'] as string)} ${monthOf(row['accepted_at'])}`,
    ),
    (group) => over(distinct(group, 'person_id'), 5),
  )
}

const elsewhere = (table: FactTableName) =>
  judge(
    Map.groupBy(rows(table), (row) => `${row.unit_id} ${monthOf(row['at'])}`),
    (group) =>
      group.length < 30
        ? null
        : over((100 * group.filter((row) => row['elsewhere']).length) / group.length, 30),
  )

const OUTSIDE = new Set(['licence_replacement', 'licence_exchange', 'validation'])
const outsideHours = (who: (row: FactRow) => string) =>
  judge(
    Map.groupBy(licence(), (row) => `${who(row)} ${dayOf(row['accepted_at'])}`),
    (group) => {
      const late = group.filter(
        (row) =>
          !row['working_time'] &&
          (OUTSIDE.has(row['business_kind'] as string) ||
            (row['business_kind'] === 'information_change' && row['reason'] === 'mobile')),
      )
      return group.length < 30 ? null : over((100 * late.length) / group.length, 3)
    },
  )

function amended(who: (row: FactRow) => string, by: (row: FactRow) => string): Found {
  const all = rows('transaction').filter((row) => row['subject_kind'] === 'licence')
  const ids = new Set(all.map((row) => row.id))
  const changes = Map.groupBy(
    rows('amendment').filter((row) => ids.has(row['transaction_id'] as string)),
    (row) => `${by(row)} ${dayOf(row['at'])}`,
  )
  return judge(
    Map.groupBy(all, (row) => `${who(row)} ${dayOf(row['accepted_at'])}`),
    (group, key) => {
      if (group.length < 30) return null
      const measured = (100 * distinct(changes.get(key) ?? [], 'transaction_id')) / group.length
      return { measured, fires: measured >= 3 }
    },
  )
}

const expired = (who: (row: FactRow) => string, limit: number) =>
  judge(
    Map.groupBy(
      ofKind('first_licence').filter((row) =>
        /^expired_(foreign|military)_licence$/.test(`${row['reason']}`),
      ),
      (row) => `${who(row)} ${monthOf(row['accepted_at'])}`,
    ),
    (group) => over(group.length, limit),
  )

const classes = (...of: string[]) =>
  fromElsewhere().filter((row) => of.includes(row['licence_class'] as string))
const byCountry = (row: FactRow) => `${row.unit_path.split('/')[2]}|${row['issuing_country']}`

const MEASURES: Readonly<Record<string, () => Found>> = {
  'L1.1': () => growth(classes('C1', 'C2'), byUnit, 20),
  'L1.2': () => growth(classes('D', 'E', 'F'), byUnit, 20),
  'L1.3': () =>
    movedOut(
      rows('transaction').filter((row) => row['business_kind'] === 'first_licence' && row['completed_at']),
      (made, out) =>
        time(made['completed_at']) <= time(out['at']) &&
        time(out['at']) < monthsLater(made['completed_at'], 3),
    ),
  'L1.4': () => {
    const moved = Map.groupBy(
      rows('licence_transfer').filter((row) => row['direction'] === 'in' && row['at']),
      (row) => row['person_id'] as string,
    )
    const arrived = (row: FactRow) =>
      (moved.get(row['person_id'] as string) ?? []).some(
        ({ at }) => time(at) <= time(row['accepted_at']) && time(row['accepted_at']) < monthsLater(at, 1),
      )
    return movedOut(
      ofKind('added_class').filter(arrived),
      (added, out) =>
        time(added['accepted_at']) <= time(out['at']) &&
        time(out['at']) < monthsLater(added['accepted_at'], 3),
    )
  },
  'L1.5': () => sharing('address'),
  'L1.6': () => sharing('mobile'),
  'L1.7': () =>
    judge(
      Map.groupBy(fromElsewhere(), (row) => `${row.id} ${dayOf(row['accepted_at'])}`),
      ([row]) => (row!['permit_number_valid'] === null ? null : over(row!['permit_number_valid'] ? 0 : 1, 0)),
    ),
  'L2.1': () => elsewhere('validation'),
  'L2.2': () => elsewhere('medical_report'),
  'L2.3': () => elsewhere('full_mark_study'),
  'L2.4': () =>
    judge(
      Map.groupBy(
        rows('licence_transfer').filter((row) => row['direction'] === 'in' && row['at'] && row['id_changed']),
        (row) => `${row.unit_id} ${monthOf(row['at'])}`,
      ),
      (group) => over(group.length, 3),
    ),
  'L3.1': () => outsideHours(byHandler),
  'L3.2': () => outsideHours(byUnit),
  'L4.1': () => amended(byHandler, (row) => row['operator_id'] as string),
  'L4.2': () => amended(byUnit, byUnit),
  'L4.3': () => expired(byHandler, 5),
  'L4.4': () => expired(byUnit, 10),
  'L4.5': () => growth(ofKind('foreign_exchange'), byHandler, 10),
  'L4.6': () => growth(ofKind('foreign_exchange'), byUnit, 10),
  'L4.7': () => growth(ofKind('foreign_exchange'), byCountry, 10),
  'L4.8': () => growth(ofKind('military_exchange'), byHandler, 20),
  'L4.9': () => growth(ofKind('military_exchange'), byUnit, 20),
}

/** The key under which `judge` files what an entry speaks of. */
function keyOf({ subject, day, month, unit_path }: Truth): string {
  const { unit_id, handler_id, country, transaction_id, address, mobile } = subject
  const particular = address ?? mobile
  const name = country
    ? `${unit_path.split('/')[2]}|${country}`
    : particular
      ? `${unit_id}|${particular}`
      : (handler_id ?? transaction_id ?? unit_id)
  return `${name} ${day ?? month}`
}

const VEHICLES = Number(process.env['CITY_VEHICLES'] ?? 20_000)
const SEED = Number(process.env['CITY_SEED'] ?? 7)

beforeAll(async () => {
  const city = generateCity({ vehicles: VEHICLES, years: 2, seed: SEED, until: '2026-11-01' })
  for await (const batch of city.batches()) {
    const list = tables.get(batch.table) ?? []
    tables.set(batch.table, list)
    for (const row of batch.rows) list.push(row)
  }
  truth = await city.groundTruth()
}, 120_000)

describe('what was planted of licence business, measured by hand', () => {
  for (const [code, measure] of Object.entries(MEASURES))
    it(`SUP-PA-${code} finds its plants with their values, none of its near misses, and little else`, () => {
      const found = measure()
      const planted = truth.filter((entry) => entry.code === code && entry.kind === 'plant')
      const misses = truth.filter((entry) => entry.code === code && entry.kind === 'near_miss')
      expect(planted.length).toBeGreaterThan(0)
      expect(misses.length).toBeGreaterThan(0)
      for (const entry of planted)
        expect(found.findings.get(keyOf(entry)), entry.sentence).toBeCloseTo(entry.measured!, 6)
      for (const entry of misses) expect(found.findings.has(keyOf(entry)), entry.sentence).toBe(false)
      const keys = new Set(planted.map(keyOf))
      const others = [...found.findings].filter(([key]) => !keys.has(key))
      expect(others.length, `${others.length} of ${found.judged}: ${others.slice(0, 3)}`).toBeLessThanOrEqual(
        found.judged * 0.05,
      )
    })
})
