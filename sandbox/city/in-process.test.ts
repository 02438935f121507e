/**
 * Measures what the in-process indicators would measure at each planted act, by hand, over the recorded history, and
 * holds it against the planted value and against the threshold of the sentence.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type FactRow,
  type FactTableName,
  generateCity,
  type Reference,
  type Trigger,
  type Truth,
} from './index.ts'

const tables = new Map<FactTableName, FactRow[]>()
const rows = (table: FactTableName) => tables.get(table) ?? []
let truth: Truth[] = []
let reference: Reference
const byId = new Map<string, FactRow>()

const at = (value: unknown) => (value as Date).getTime()
const day = (ms: number) => new Date(ms + 28_800_000).toISOString().slice(0, 10)

/** Months before an instant, to the same day and time. */
function monthsBefore(ms: number, months: number): number {
  const date = new Date(ms)
  date.setUTCMonth(date.getUTCMonth() - months)
  return date.getTime()
}

/** Recorded transactions up to the act, the act itself left out, withdrawn ones too. */
function earlier(trigger: Trigger, fits: (row: FactRow) => boolean): FactRow[] {
  return rows('transaction').filter(
    (row) =>
      row.id !== trigger.transaction_id &&
      row['state'] !== 'withdrawn' &&
      at(row['accepted_at']) <= at(trigger.accepted_at) &&
      fits(row),
  )
}

const latest = (trigger: Trigger, kind: string) =>
  trigger.external_checks.findLast((check) => check.kind === kind)?.outcome
const is = (found: boolean) => (found ? 1 : 0)
const outside = (region: unknown, unitPath: string) => !(region as string).startsWith(unitPath.split('/')[2]!)
const isType = (row: FactRow, letters: string) =>
  ((byId.get(row['vehicle_id'] as string)?.['vehicle_type'] as string) ?? '').startsWith(letters)

function inWindow(trigger: Trigger, months: number, fits: (row: FactRow) => boolean): number {
  const since = monthsBefore(at(trigger.accepted_at), months)
  return (
    1 +
    earlier(
      trigger,
      (row) => row['business_kind'] === trigger.business_kind && at(row['accepted_at']) > since && fits(row),
    ).length
  )
}

function reissues(trigger: Trigger): number {
  return inWindow(
    trigger,
    12,
    (row) => row['vehicle_id'] === trigger.vehicle_id && row['reason'] === 'reissue',
  )
}

function ofAgent(trigger: Trigger): number {
  const quota = reference.agent_quota.find((row) => row.agent_id === trigger.agent_id)!
  const mine = earlier(trigger, (row) => row['agent_id'] === trigger.agent_id)
  const today = mine.filter((row) => day(at(row['accepted_at'])) === day(at(trigger.accepted_at))).length
  const month = mine.filter(
    (row) => day(at(row['accepted_at'])).slice(0, 7) === day(at(trigger.accepted_at)).slice(0, 7),
  ).length
  return today >= quota.day_limit || today > 0 ? today / quota.day_limit : month / quota.month_limit
}

/** Code → what is measured at the act, and whether that crosses the default threshold. */
const MEASURES: Record<
  string,
  { measure: (trigger: Trigger) => number; fires: (measured: number) => boolean }
> = {
  '012001': {
    measure: (trigger) =>
      new Set(
        rows('vehicle_owner')
          .filter(
            (row) =>
              row['person_id'] === trigger.person_id &&
              !row['co_owner'] &&
              at(row['from']) <= at(trigger.accepted_at),
          )
          .filter(
            (row) =>
              (row['to'] === null || at(row['to']) > at(trigger.accepted_at)) &&
              row['vehicle_id'] !== trigger.vehicle_id,
          )
          .map((row) => row['vehicle_id']),
      ).size,
    fires: (n) => n > 10,
  },
  '012002': {
    measure: (trigger) =>
      earlier(
        trigger,
        (row) =>
          row['business_kind'] === 'registration' &&
          row['person_id'] === trigger.person_id &&
          isType(row, 'M1'),
      ).length,
    fires: (n) => n > 20,
  },
  '012003': { measure: reissues, fires: (n) => n > 3 },
  '012004': { measure: reissues, fires: (n) => n > 3 },
  '012005': {
    measure: (trigger) =>
      earlier(
        trigger,
        (row) =>
          row['person_id'] === trigger.person_id &&
          row['vehicle_id'] !== trigger.vehicle_id &&
          isType(row, 'K1'),
      ).filter((row) =>
        ['A', 'L', 'M', 'U'].includes(byId.get(row['vehicle_id'] as string)!['use_nature'] as string),
      ).length,
    fires: (n) => n > 2,
  },
  '012006': {
    measure: (trigger) => {
      const person = byId.get(trigger.person_id!)!
      return is(
        outside(person['id_region'], trigger.unit_path) &&
          outside(person['address_region'], trigger.unit_path),
      )
    },
    fires: (n) => n >= 1,
  },
  '012007': {
    measure: (trigger) => is(latest(trigger, 'residence_permit') === 'none'),
    fires: (n) => n >= 1,
  },
  '012101': {
    measure: (trigger) =>
      rows('number_selection').filter(
        (row) =>
          row['vehicle_id'] === trigger.vehicle_id &&
          row['withdrawn_at'] !== null &&
          at(row['withdrawn_at']) <= at(trigger.accepted_at),
      ).length,
    fires: (n) => n >= 1,
  },
  '012102': {
    measure: ({ changes }) =>
      is(
        changes.some((each) => each.field === 'plate') &&
          !changes.some((each) => each.field === 'use_nature' || each.field === 'administrative_division'),
      ),
    fires: (n) => n >= 1,
  },
  '012103': {
    measure: (trigger) =>
      1 +
      earlier(
        trigger,
        (row) =>
          row['business_kind'] === 'plate_replacement' &&
          row['organisation_id'] === trigger.organisation_id &&
          byId.get(row['vehicle_id'] as string)?.['model'] === byId.get(trigger.vehicle_id!)!['model'] &&
          day(at(row['accepted_at'])) === day(at(trigger.accepted_at)),
      ).length,
    fires: (n) => n > 1,
  },
  '012104': {
    measure: (trigger) =>
      is(
        reference.non_compliant_product.some(
          (product) => product.model === byId.get(trigger.vehicle_id!)!['model'],
        ),
      ),
    fires: (n) => n >= 1,
  },
  '012105': {
    measure: ({ changes }) => is(changes.some((each) => each.field === 'co_owner')),
    fires: (n) => n >= 1,
  },
  '022001': {
    measure: (trigger) => {
      const own = byId.get(trigger.person_id!)!.personal!
      const drivers = new Set(rows('licence').map((row) => row['person_id']))
      return rows('person').filter(
        (row) =>
          row.id !== trigger.person_id &&
          drivers.has(row.id) &&
          row.personal!.mobile === own.mobile &&
          row.personal!.address !== own.address,
      ).length
    },
    fires: (n) => n >= 1,
  },
  '022002': {
    measure: (trigger) => inWindow(trigger, 1, (row) => row['person_id'] === trigger.person_id),
    fires: (n) => n > 1,
  },
  '022003': {
    measure: (trigger) => inWindow(trigger, 1, (row) => row['person_id'] === trigger.person_id),
    fires: (n) => n > 1,
  },
  '022101': {
    measure: (trigger) => is(['deceased', 'none'].includes(latest(trigger, 'population') ?? '')),
    fires: (n) => n >= 1,
  },
  '022102': {
    measure: ({ amendment, unit_path }) =>
      is(!outside(amendment!.before_region, unit_path) && outside(amendment!.after_region, unit_path)),
    fires: (n) => n >= 1,
  },
  '022103': {
    measure: (trigger) => {
      const since = monthsBefore(at(trigger.accepted_at), 1)
      const mine = rows('person_change').filter(
        (row) => row['person_id'] === trigger.person_id && row['transaction_id'] !== trigger.transaction_id,
      )
      return (
        1 +
        mine.filter(
          (row) =>
            row['field'] === 'mobile' && at(row['at']) > since && at(row['at']) <= at(trigger.accepted_at),
        ).length
      )
    },
    fires: (n) => n >= 2,
  },
  '022104': {
    measure: (trigger) => is(latest(trigger, 'residence_permit') === 'none'),
    fires: (n) => n >= 1,
  },
  '022106': {
    measure: (trigger) => is(latest(trigger, 'military_licence') !== 'confirmed'),
    fires: (n) => n >= 1,
  },
}

beforeAll(async () => {
  const city = generateCity({ vehicles: 5000, years: 2, seed: 11 })
  reference = city.reference
  for await (const batch of city.batches()) {
    tables.set(batch.table, [...(tables.get(batch.table) ?? []), ...batch.rows])
    if (batch.table === 'person' || batch.table === 'vehicle')
      for (const row of batch.rows) byId.set(row.id, row)
  }
  truth = await city.groundTruth()
}, 60_000)

const entriesOf = (code: string) => truth.filter((entry) => entry.code === code)

describe('in-process plants, measured by hand', () => {
  for (const [code, { measure, fires }] of Object.entries(MEASURES))
    it(`SUP-IN-${code} crosses the threshold at each planted act and at no near miss`, () => {
      const entries = entriesOf(code)
      expect(new Set(entries.map((entry) => entry.kind))).toEqual(new Set(['plant', 'near_miss']))
      for (const entry of entries) {
        const measured = measure(entry.trigger!)
        expect(measured, `${entry.kind} ${entry.sentence}`).toBe(entry.measured)
        expect(fires(measured), `${entry.kind} ${entry.sentence}`).toBe(entry.kind === 'plant')
      }
    })

  for (const code of ['012106', '022105'])
    it(`SUP-IN-${code} brings the agent to the day or month limit, and the near miss one below`, () => {
      for (const entry of entriesOf(code))
        expect(ofAgent(entry.trigger!) >= 1, entry.sentence).toBe(entry.kind === 'plant')
      expect(entriesOf(code).some((entry) => entry.sentence.includes('月上限'))).toBe(true)
      expect(entriesOf(code).some((entry) => entry.kind === 'near_miss')).toBe(true)
    })

  it('leaves acts to replay and has recorded others, within the history', () => {
    const acts = truth.flatMap((entry) => entry.trigger ?? [])
    const recorded = new Set([...rows('transaction')].map((row) => row.id))
    const replayed = acts.filter((trigger) => trigger.transaction_id === null)
    expect(replayed.length).toBeGreaterThan(40)
    for (const trigger of acts) {
      if (trigger.transaction_id) expect(recorded.has(trigger.transaction_id)).toBe(true)
      for (const id of [trigger.person_id, trigger.vehicle_id, trigger.organisation_id])
        if (id) expect(byId.has(id)).toBe(true)
      expect(at(trigger.accepted_at)).toBeLessThan(Date.parse('2026-11-01T00:00:00+08:00'))
    }
  })
})
