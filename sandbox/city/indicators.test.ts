/**
 * Measures the indicators by hand, from the sentences, over the rows of a small city, and holds the result against the
 * list of what was planted: every plant is found with its value, no near miss is, and little else is.
 */

import chineseDays from 'chinese-days'
import { beforeAll, describe, expect, it } from 'vitest'
import { type FactRow, type FactTableName, generateCity, type Truth } from './index.ts'

const UNTIL = '2026-11-01'
const DAY = 86_400_000
const END = Date.parse(`${UNTIL}T00:00:00+08:00`)

const tables = new Map<FactTableName, FactRow[]>()
let truth: Truth[] = []
const rows = (table: FactTableName) => tables.get(table) ?? []

type Found = { judged: number; findings: Map<string, number> }

const local = (at: unknown) => new Date((at as Date).getTime() + 8 * 3_600_000).toISOString()
const monthOf = (at: unknown) => local(at).slice(0, 7)
const dayOf = (at: unknown) => local(at).slice(0, 10)
const cityOf = (row: FactRow) => row.unit_path.split('/')[2]!
const time = (at: unknown) => (at as Date).getTime()
const keyOf = (subject: Record<string, string>, period: string) =>
  `${Object.entries(subject)
    .sort()
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')} @${period}`

function groupBy<T>(list: readonly T[], key: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const k = key(item)
    if (k === null) continue
    const group = groups.get(k)
    if (group) group.push(item)
    else groups.set(k, [item])
  }
  return groups
}

const rate = (list: readonly FactRow[]) => (100 * list.filter((row) => row['passed']).length) / list.length
const before = (month: string) => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

/** Groups rows into subject × month and lets `judge` say what is measured and whether it fires; null = cannot be judged. */
function monthly(
  list: readonly FactRow[],
  subject: (row: FactRow) => Record<string, string> | null,
  judge: (
    group: FactRow[],
    month: string,
    subject: Record<string, string>,
  ) => { measured: number; fires: boolean } | null,
): Found {
  const subjects = new Map<string, Record<string, string>>()
  const groups = groupBy(list, (row) => {
    const of = subject(row)
    if (!of) return null
    const key = keyOf(of, monthOf(row.occurred_at))
    subjects.set(key, of)
    return key
  })
  const found: Found = { judged: 0, findings: new Map() }
  for (const [key, group] of groups) {
    const result = judge(group, key.slice(-7), subjects.get(key)!)
    if (!result) continue
    found.judged++
    if (result.fires) found.findings.set(key, result.measured)
  }
  return found
}

function workingDays(from: number, to: number): number {
  let count = 0
  for (
    let at = Date.parse(`${dayOf(new Date(from))}T00:00:00Z`) + DAY;
    at <= Date.parse(`${dayOf(new Date(to))}T00:00:00Z`);
    at += DAY
  )
    if (chineseDays.isWorkday(new Date(at).toISOString().slice(0, 10))) count++
  return count
}

/** The same day a month later, or the last of that month. */
const monthLater = (day: string) => Temporal.PlainDate.from(day).add({ months: 1 }).toString()

/** Most events within twelve months before any one of them. */
function mostInYear(times: number[]): number {
  const sorted = times.sort((a, b) => a - b)
  let most = 0
  for (const last of sorted) {
    const since = new Date(last)
    since.setUTCFullYear(since.getUTCFullYear() - 1)
    most = Math.max(most, sorted.filter((at) => at > since.getTime() && at <= last).length)
  }
  return most
}

function overlap(list: readonly FactRow[], who: string): number {
  let most = 0
  for (const row of list) {
    const at = time(row['started_at'])
    const now = new Set(
      list
        .filter((other) => time(other['started_at']) <= at && at < time(other['ended_at']))
        .map((other) => other[who]),
    )
    most = Math.max(most, now.size)
  }
  return most
}

const reissues = (kind: string) =>
  rows('transaction').filter(
    (row) => row['business_kind'] === kind && row['reason'] === 'reissue' && row['state'] !== 'withdrawn',
  )

function repeated(kind: string, least: number): Found {
  const found: Found = { judged: 0, findings: new Map() }
  for (const [vehicle, list] of groupBy(reissues(kind), (row) => row['vehicle_id'] as string)) {
    found.judged++
    const most = mostInYear(list.map((row) => time(row['accepted_at'])))
    if (most >= least) found.findings.set(keyOf({ vehicle_id: vehicle }, ''), most)
  }
  return found
}

function overdueSteps(
  startOf: (transaction: FactRow, steps: FactRow[]) => number | null,
  end: string,
  limit: number,
): Found {
  const steps = groupBy(rows('transaction_step'), (row) => row['transaction_id'] as string)
  const found: Found = { judged: 0, findings: new Map() }
  for (const transaction of rows('transaction')) {
    if (transaction['subject_kind'] !== 'vehicle' || transaction['state'] === 'withdrawn') continue
    const own = steps.get(transaction.id)!
    const start = startOf(transaction, own)
    if (start === null) continue
    found.judged++
    const done = own.find((step) => step['step'] === end)?.['done_at'] as Date | undefined
    const days = workingDays(start, done ? done.getTime() : END - 1)
    if (days > limit)
      found.findings.set(
        keyOf({ transaction_id: transaction.id, vehicle_id: transaction['vehicle_id'] as string }, ''),
        days,
      )
  }
  return found
}

const firsts = () => rows('inspection').filter((row) => row['attempt'] === 1)
const elsewhere = (row: FactRow) => !(row['origin_region'] as string).startsWith(cityOf(row))
const station = (row: FactRow) => ({ institution_id: row['institution_id'] as string })
const above = (limit: number) => (group: FactRow[]) =>
  group.length < 30 ? null : { measured: rate(group), fires: rate(group) > limit }

const exams = () => rows('examination').filter((row) => !row['full_mark'])
const countBy = (list: readonly FactRow[], key: (row: FactRow) => string) =>
  new Map([...groupBy(list, key)].map(([k, group]) => [k, group]))

/** Rate of a subject × month against another rate by more than 10 points. */
function against(
  subject: (row: FactRow) => Record<string, string> | null,
  base: (group: FactRow[], month: string, subject: Record<string, string>) => FactRow[] | null,
  list = exams(),
  least = 30,
): Found {
  return monthly(list, subject, (group, month, of) => {
    const other = base(group, month, of)
    if (!other || group.length < 30 || other.length < least) return null
    const points = rate(group) - rate(other)
    return { measured: points, fires: points > 10 }
  })
}

const ofCity = () => {
  const groups = countBy(exams(), (row) => `${cityOf(row)} ${row['subject']} ${monthOf(row.occurred_at)}`)
  return (group: FactRow[], month: string) =>
    groups.get(`${cityOf(group[0]!)} ${group[0]!['subject']} ${month}`)!
}

const withSubject = (name: string, column: string) => (row: FactRow) =>
  row[column] ? { [name]: row[column] as string, subject: row['subject'] as string } : null

function previousMonth(name: string, column: string): Found {
  const groups = countBy(exams(), (row) => `${row[column]} ${row['subject']} ${monthOf(row.occurred_at)}`)
  return against(
    withSubject(name, column),
    (_, month, of) => groups.get(`${of[name]} ${of['subject']} ${before(month)}`) ?? null,
  )
}

function makeUps(subject: string): Found {
  const list = exams().filter((row) => row['subject'] === subject)
  const groups = countBy(
    list.filter((row) => !row['make_up']),
    (row) => `${row['site_id']} ${monthOf(row.occurred_at)}`,
  )
  return against(
    withSubject('site_id', 'site_id'),
    (_, month, of) => groups.get(`${of['site_id']} ${month}`) ?? null,
    list.filter((row) => row['make_up']),
  )
}

function lowScores(): Found {
  const sittings = groupBy(
    exams().filter((row) => row['subject'] === 'subject1'),
    (row) => row['candidate_id'] as string,
  )
  const low: FactRow[] = []
  for (const list of sittings.values()) {
    list.sort((a, b) => time(a['started_at']) - time(b['started_at']))
    for (const [i, row] of list.entries()) {
      const first = list.slice(0, i).findLast((each) => !each['make_up'])
      if (row['make_up'] && first && (first['score'] as number) < 85) low.push(row)
    }
  }
  return monthly(low, (row) => ({ site_id: row['site_id'] as string }), above(50))
}

function shares(column: 'device_id' | 'car_id' | 'candidate_id', who: string, subject: string): Found {
  const used = exams().filter(
    (row) => row['subject'] === subject && (column === 'candidate_id' ? row['device_id'] : row[column]),
  )
  const found: Found = { judged: 0, findings: new Map() }
  for (const group of groupBy(
    used,
    (row) => `${row['site_id']} ${row[column]} ${dayOf(row.occurred_at)}`,
  ).values()) {
    found.judged++
    const most = overlap(group, who)
    if (most > 3)
      found.findings.set(
        keyOf({ site_id: group[0]!['site_id'] as string, [column]: group[0]![column] as string }, ''),
        most,
      )
  }
  return found
}

function clocks(subjects: string[]): Found {
  const found: Found = { judged: 0, findings: new Map() }
  for (const group of groupBy(
    rows('clock_offset').filter((row) => subjects.includes(row['subject'] as string)),
    (row) => `${row['site_id']} ${dayOf(row.occurred_at)}`,
  ).values()) {
    found.judged++
    const most = Math.max(...group.map((row) => Math.abs(row['minutes'] as number)))
    if (most > 5)
      found.findings.set(
        keyOf(
          { site_id: group[0]!['site_id'] as string, subject: group[0]!['subject'] as string },
          dayOf(group[0]!.occurred_at),
        ),
        most,
      )
  }
  return found
}

/** Business of licences of these kinds that was not withdrawn. */
const licenceBusiness = (...kinds: string[]) =>
  rows('transaction').filter(
    (row) =>
      row['subject_kind'] === 'licence' &&
      row['state'] !== 'withdrawn' &&
      (kinds.length === 0 || kinds.includes(row['business_kind'] as string)),
  )

const stepsOf = (name: string) =>
  groupBy(
    rows('transaction_step').filter((row) => row['step'] === name && row['done_at'] !== null),
    (row) => row['transaction_id'] as string,
  )

/** One finding for each row whose subject is given; all rows were judged. */
function each(
  list: readonly FactRow[],
  measured: (row: FactRow) => number | null,
  subject: (row: FactRow) => Record<string, string>,
): Found {
  const found: Found = { judged: list.length, findings: new Map() }
  for (const row of list) {
    const value = measured(row)
    if (value !== null) found.findings.set(keyOf(subject(row), ''), value)
  }
  return found
}

/** Working days from `start` to `end` or the end of the history, where they are more than `limit`. */
function late(start: unknown, end: unknown, limit: number): number | null {
  const days = workingDays(time(start), end ? time(end) : END - 1)
  return days > limit ? days : null
}

/** When the licence of a replacement was made although the register had answered deceased, by transaction. */
function madeAllTheSame(): Map<string, { person: string; at: number }> {
  const issues = stepsOf('issue')
  const replaced = new Map(licenceBusiness('licence_replacement').map((row) => [row.id, row]))
  const made = new Map<string, { person: string; at: number }>()
  for (const check of rows('external_check')) {
    const transaction = replaced.get(check['transaction_id'] as string)
    if (!transaction || check['kind'] !== 'population' || check['outcome'] !== 'deceased') continue
    for (const issue of issues.get(transaction.id) ?? [])
      if (time(issue['done_at']) >= time(check['at']))
        made.set(transaction.id, { person: transaction['person_id'] as string, at: time(issue['done_at']) })
  }
  return made
}

function transfersLate(asked: (row: FactRow) => unknown, end: string, limit: number): Found {
  return each(
    rows('licence_transfer').filter((row) => row['downloaded_at'] !== null && asked(row)),
    (row) => late(row['downloaded_at'], row[end], limit),
    (row) => ({ person_id: row['person_id'] as string, transfer_id: row.id }),
  )
}

const fullMark = (subject: string) =>
  rows('examination').filter((row) => row['full_mark'] && row['subject'] === subject)
const ofSite = (row: FactRow) => ({ site_id: row['site_id'] as string })

function fullMarkRates(subject: string, locals: boolean): Found {
  const list = fullMark(subject).filter((row) => row['local'] === locals)
  const city = countBy(list, (row) => `${cityOf(row)} ${monthOf(row.occurred_at)}`)
  return against(ofSite, (group, month) => city.get(`${cityOf(group[0]!)} ${month}`)!, list, 30)
}

function fullMarkShares(subject: string): Found {
  return monthly(fullMark(subject), ofSite, (group) => {
    const all = new Set(group.map((row) => row['candidate_id']))
    const away = new Set(group.filter((row) => !row['local']).map((row) => row['candidate_id']))
    if (all.size < 30) return null
    return { measured: (100 * away.size) / all.size, fires: 100 * away.size > 10 * all.size }
  })
}

const unitAndSubject = (row: FactRow) => ({ unit_id: row.unit_id, subject: row['subject'] as string })
const awayShare = (group: readonly FactRow[]) =>
  (100 * group.filter((row) => !row['local']).length) / group.length

/** What each indicator finds, measured by hand. Periods: a month or day where the run's period is one, else ''. */
const MEASURES: Record<string, () => Found> = {
  'V2.1': () => repeated('vehicle_licence_replacement', 3),
  'V2.2': () => {
    const models = new Map(rows('vehicle').map((row) => [row.id, row['model'] as string]))
    const owners = groupBy(
      rows('vehicle_owner').filter((row) => row['organisation_id']),
      (row) => row['vehicle_id'] as string,
    )
    const found: Found = { judged: 0, findings: new Map() }
    const owner = (row: FactRow) =>
      owners.get(row['vehicle_id'] as string)?.[0]?.['organisation_id'] as string | undefined
    for (const [key, list] of groupBy(reissues('plate_replacement'), (row) =>
      owner(row)
        ? keyOf({ organisation_id: owner(row)!, model: models.get(row['vehicle_id'] as string)! }, '')
        : null,
    )) {
      found.judged++
      const most = mostInYear(list.map((row) => time(row['accepted_at'])))
      if (most >= 2) found.findings.set(key, most)
    }
    return found
  },
  'V2.3': () => repeated('plate_replacement', 3),
  'V2.4': () => {
    const licences = groupBy(reissues('vehicle_licence_replacement'), (row) => row['vehicle_id'] as string)
    const found: Found = { judged: 0, findings: new Map() }
    for (const [vehicle, plates] of groupBy(
      reissues('plate_replacement'),
      (row) => row['vehicle_id'] as string,
    )) {
      found.judged++
      const both = Math.min(
        mostInYear(plates.map((row) => time(row['accepted_at']))),
        mostInYear((licences.get(vehicle) ?? []).map((row) => time(row['accepted_at']))),
      )
      if (both > 1) found.findings.set(keyOf({ vehicle_id: vehicle }, ''), both)
    }
    return found
  },
  'V3.1': () => {
    const selections = new Map(
      rows('number_selection')
        .filter((row) => row['withdrawn_at'] === null)
        .map((row) => [row['transaction_id'], row]),
    )
    return overdueSteps(
      (transaction) =>
        selections.has(transaction.id) ? time(selections.get(transaction.id)!['selected_at']) : null,
      'issue',
      2,
    )
  },
  'V3.2': () =>
    overdueSteps(
      (_, steps) =>
        (steps.find((step) => step['step'] === 'issue')?.['done_at'] as Date | undefined)?.getTime() ?? null,
      'archive',
      3,
    ),
  'V3.3': () => {
    const investigated = new Set(rows('investigation').map((row) => row['transaction_id']))
    const found: Found = { judged: 0, findings: new Map() }
    for (const row of rows('transaction')) {
      if (row['subject_kind'] !== 'vehicle') continue
      found.judged++
      const limit = new Date(time(row['accepted_at']))
      limit.setUTCMonth(limit.getUTCMonth() + 1)
      if (
        row['state'] !== 'completed' &&
        row['state'] !== 'withdrawn' &&
        !investigated.has(row.id) &&
        limit.getTime() < END
      )
        found.findings.set(keyOf({ transaction_id: row.id, vehicle_id: row['vehicle_id'] as string }, ''), 1)
    }
    return found
  },
  'V8.1': () => {
    const groups = countBy(
      firsts().filter(elsewhere),
      (row) =>
        `${row['institution_id']} ${(row['origin_region'] as string).slice(0, 4)} ${monthOf(row.occurred_at)}`,
    )
    return monthly(
      firsts().filter(elsewhere),
      (row) => ({ ...station(row), origin_region: row['origin_region'] as string }),
      (group, month, of) => {
        const earlier = groups.get(
          `${of['institution_id']} ${of['origin_region']!.slice(0, 4)} ${before(month)}`,
        )
        if (!earlier) return null
        const measured = (100 * (group.length - earlier.length)) / earlier.length
        return { measured, fires: measured > 10 }
      },
    )
  },
  'V8.2': () => {
    const years = countBy(firsts(), (row) => `${cityOf(row)} ${monthOf(row.occurred_at).slice(0, 4)}`)
    return monthly(firsts().filter(elsewhere), station, (group, month) => {
      const last = years.get(`${cityOf(group[0]!)} ${Number(month.slice(0, 4)) - 1}`) ?? []
      const base = last.filter(elsewhere).length / 12 / new Set(last.map((row) => row['institution_id'])).size
      if (!base) return null
      const measured = (100 * (group.length - base)) / base
      return { measured, fires: measured > 10 }
    })
  },
  'V8.3': () => {
    const found: Found = { judged: 0, findings: new Map() }
    for (const group of groupBy(
      rows('inspection'),
      (row) => `${row['institution_id']} ${row['owner']} ${row['model']} ${dayOf(row.occurred_at)}`,
    ).values()) {
      found.judged++
      const count = new Set(group.map((row) => row['vehicle_id'])).size
      const [row] = group as [FactRow]
      if (count > 3)
        found.findings.set(
          keyOf(
            { ...station(row), owner: row['owner'] as string, model: row['model'] as string },
            dayOf(row.occurred_at),
          ),
          count,
        )
    }
    return found
  },
  'V8.4': () => {
    const cities = countBy(firsts(), (row) => `${cityOf(row)} ${monthOf(row.occurred_at)}`)
    return monthly(firsts(), station, (group, month) => {
      const all = cities.get(`${cityOf(group[0]!)} ${month}`)!
      const others = new Set(all.map((row) => row['institution_id'])).size - 1
      if (others === 0) return null
      const base = (all.length - group.length) / others
      const measured = (100 * (group.length - base)) / base
      return { measured, fires: measured > 10 }
    })
  },
  'V8.5': () => monthly(firsts(), station, above(80)),
  'V8.6': () => {
    const first = countBy(firsts(), (row) => `${row['institution_id']} ${monthOf(row.occurred_at)}`)
    return monthly(
      rows('inspection').filter((row) => (row['attempt'] as number) >= 2),
      station,
      (group, month, of) => {
        const tests = first.get(`${of['institution_id']} ${month}`) ?? []
        if (tests.length < 30 || group.length < 30 || rate(tests) >= 20) return null
        return { measured: rate(group), fires: rate(group) > 80 }
      },
    )
  },
  'V8.7': () =>
    monthly(
      rows('inspection').filter((row) => (row['vehicle_age_years'] as number) > 15),
      station,
      above(80),
    ),
  'V8.8': () =>
    monthly(
      rows('inspection_item').filter((row) => row['item'] === 'brake' || row['item'] === 'lamp'),
      (row) => ({ ...station(row), item: row['item'] as string }),
      (group) => (group.length < 30 ? null : { measured: rate(group), fires: rate(group) >= 90 }),
    ),
  'V8.9': () =>
    monthly(
      firsts().filter((row) => row['accident']),
      station,
      above(90),
    ),
  'V8.10': () =>
    monthly(
      rows('inspection').filter((row) => row['key_vehicle'] && row['first_audit_passed'] !== null),
      (row) => ({ auditor_id: row['auditor_id'] as string }),
      (group) => {
        const measured = (100 * group.filter((row) => row['first_audit_passed']).length) / group.length
        return group.length < 30 ? null : { measured, fires: measured > 80 }
      },
    ),
  'V8.11': () => {
    const found: Found = { judged: 0, findings: new Map() }
    for (const row of rows('inspection')) {
      found.judged++
      const minutes =
        ((row['audited_at'] ? time(row['audited_at']) : END) - time(row['submitted_at'])) / 60_000
      if (minutes > 1440) found.findings.set(keyOf({ ...station(row), inspection_id: row.id }, ''), minutes)
    }
    return found
  },
  'L5.1': () => {
    const found: Found = { judged: 0, findings: new Map() }
    for (const [person, list] of groupBy(
      licenceBusiness('licence_replacement'),
      (row) => row['person_id'] as string,
    )) {
      found.judged++
      const days = list.map((row) => dayOf(row['accepted_at'])).sort()
      const most = Math.max(
        ...days.map((last) => days.filter((day) => day <= last && monthLater(day) > last).length),
      )
      if (most >= 2) found.findings.set(keyOf({ person_id: person }, ''), most)
    }
    return found
  },
  'L5.2': () => {
    const made = madeAllTheSame()
    return each(
      licenceBusiness('licence_replacement'),
      (row) => (made.has(row.id) ? 1 : null),
      (row) => ({ person_id: row['person_id'] as string, transaction_id: row.id }),
    )
  },
  'L5.3': () => {
    const made = [...madeAllTheSame().values()]
    return each(
      rows('points_change').filter((row) => (row['delta'] as number) > 0),
      (row) =>
        made.some(({ person, at }) => person === row['person_id'] && at < time(row['at'])) ? 1 : null,
      (row) => ({ person_id: row['person_id'] as string }),
    )
  },
  'L6.1': () => {
    const issues = stepsOf('issue')
    const business = groupBy(
      licenceBusiness('first_licence', 'added_class'),
      (row) => row['person_id'] as string,
    )
    return each(
      exams().filter((row) => row['subject'] === 'subject3_safety' && row['passed']),
      (row) => {
        const made = (business.get(row['candidate_id'] as string) ?? [])
          .flatMap((transaction) => issues.get(transaction.id) ?? [])
          .map((step) => step['done_at'] as Date)
          .filter((at) => at >= (row['ended_at'] as Date))
        return late(row['ended_at'], made.sort((a, b) => a.getTime() - b.getTime())[0], 1)
      },
      (row) => ({ candidate_id: row['candidate_id'] as string, examination_id: row.id }),
    )
  },
  'L6.2': () => {
    const [issues, archives] = [stepsOf('issue'), stepsOf('archive')]
    return each(
      licenceBusiness().filter((row) => issues.has(row.id)),
      (row) => late(issues.get(row.id)![0]!['done_at'], archives.get(row.id)?.[0]?.['done_at'], 2),
      (row) => ({ person_id: row['person_id'] as string, transaction_id: row.id }),
    )
  },
  'L6.3': () => transfersLate((row) => row['direction'] === 'out', 'at', 2),
  'L6.4': () => transfersLate((row) => row['clearing_required'], 'cleared_at', 1),
  'L6.5': () => transfersLate((row) => row['combined_replacement'], 'checked_at', 3),
  'L7.1': () => {
    const found: Found = { judged: 0, findings: new Map() }
    for (const [key, list] of groupBy(
      rows('correction').filter((row) => row['target_kind'] === 'person'),
      (row) => keyOf({ person_id: row['target'] as string }, dayOf(row['at'])),
    )) {
      found.judged++
      const acts = [...groupBy(list, (row) => String(time(row['at']))).values()].filter((act) => {
        const fields = act.map((row) => row['field'])
        return (
          fields.includes('class') ||
          fields.includes('validity') ||
          (fields.includes('id_number') && fields.includes('name'))
        )
      })
      if (acts.length > 0) found.findings.set(key, acts.length)
    }
    return found
  },
  'L7.2': () =>
    each(
      licenceBusiness('licence_file_recreation'),
      () => 1,
      (row) => ({ person_id: row['person_id'] as string, transaction_id: row.id }),
    ),
  'L8.1': () => against(withSubject('site_id', 'site_id'), ofCity()),
  'L8.2': () => makeUps('subject1'),
  'L8.3': lowScores,
  'L8.4': () => makeUps('subject2'),
  'L8.5': () => makeUps('subject3_road'),
  'L8.6': () => makeUps('subject3_safety'),
  'L8.7': () => {
    const inside = countBy(
      exams().filter((row) => row['working_time']),
      (row) => `${row['site_id']} ${row['subject']} ${monthOf(row.occurred_at)}`,
    )
    return against(
      withSubject('site_id', 'site_id'),
      (_, month, of) => inside.get(`${of['site_id']} ${of['subject']} ${month}`) ?? null,
      exams().filter((row) => !row['working_time']),
    )
  },
  'L8.8': () => previousMonth('site_id', 'site_id'),
  'L8.9': () => {
    const misjudged = groupBy(
      rows('examination_item').filter((row) => row['misjudged']),
      (row) => row['examination_id'] as string,
    )
    return monthly(
      rows('examination').filter(
        (row) => row['subject'] === 'subject2' || row['subject'] === 'subject3_road',
      ),
      withSubject('site_id', 'site_id'),
      (group) => {
        if (group.length < 30) return null
        const measured =
          (100 * group.reduce((sum, row) => sum + (misjudged.get(row.id)?.length ?? 0), 0)) / group.length
        return { measured, fires: measured > 50 }
      },
    )
  },
  'L8.10': () => {
    const exam = new Map(rows('examination').map((row) => [row.id, row]))
    return monthly(
      rows('examination_item').filter((row) => row['misjudged']),
      (row) => ({ candidate_id: exam.get(row['examination_id'] as string)!['candidate_id'] as string }),
      (group) => ({
        measured: group.length,
        fires: group.length > 3,
      }),
    )
  },
  'L8.11': () => {
    const sites = new Map(rows('examination').map((row) => [row.id, row]))
    const deductions = groupBy(
      rows('examination_item').filter((row) => (row['deduction'] as number) > 0),
      (row) => {
        const examination = sites.get(row['examination_id'] as string)!
        return examination['subject'] === 'subject2'
          ? `${examination['site_id']} ${row['device_id'] ?? examination['device_id']} ${monthOf(examination.occurred_at)}`
          : null
      },
    )
    return monthly(
      rows('examination').filter((row) => row['subject'] === 'subject2'),
      (row) => ({ site_id: row['site_id'] as string, device_id: row['device_id'] as string }),
      (group, month, of) => {
        if (group.length < 30) return null
        const measured = deductions.get(`${of['site_id']} ${of['device_id']} ${month}`)?.length ?? 0
        return { measured, fires: measured < 5 }
      },
    )
  },
  'L8.12': () => shares('device_id', 'candidate_id', 'subject2'),
  'L8.13': () => shares('candidate_id', 'device_id', 'subject2'),
  'L8.14': () => clocks(['subject2']),
  'L8.15': () => shares('car_id', 'candidate_id', 'subject3_road'),
  'L8.16': () => clocks(['subject3_road', 'subject3_safety']),
  'L9.1': () => against(withSubject('school_id', 'school_id'), ofCity()),
  'L9.2': () => previousMonth('school_id', 'school_id'),
  'L10.1': () => against(withSubject('examiner_id', 'examiner_id'), ofCity()),
  'L10.2': () => {
    const own = countBy(
      exams(),
      (row) => `${row['examiner_id']} ${row['subject']} ${monthOf(row.occurred_at)}`,
    )
    return against(
      (row) =>
        row['school_id']
          ? { ...withSubject('examiner_id', 'examiner_id')(row)!, school_id: row['school_id'] as string }
          : null,
      (_, month, of) => own.get(`${of['examiner_id']} ${of['subject']} ${month}`)!,
    )
  },
  'L11.1': () => fullMarkRates('subject1', true),
  'L11.2': () => fullMarkRates('subject1', false),
  'L11.3': () => fullMarkRates('subject3_road', true),
  'L11.4': () => fullMarkRates('subject3_road', false),
  'L11.5': () => fullMarkShares('subject1'),
  'L11.6': () => fullMarkShares('subject3_road'),
  'L12.1': () =>
    monthly(exams(), unitAndSubject, (group) =>
      group.length < 30 ? null : { measured: awayShare(group), fires: awayShare(group) > 10 },
    ),
  'L12.2': () => {
    const key = (unit: string, subject: string, month: string) => `${unit} ${subject} ${month}`
    const groups = countBy(exams(), (row) =>
      key(row.unit_id, row['subject'] as string, monthOf(row.occurred_at)),
    )
    return monthly(exams(), unitAndSubject, (group, month, of) => {
      const lastYear = `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`
      const before = groups.get(key(of['unit_id']!, of['subject']!, lastYear)) ?? []
      if (group.length < 30 || before.length < 30) return null
      const points = awayShare(group) - awayShare(before)
      return { measured: points, fires: points > 10 }
    })
  },
}

const DAILY = new Set(['V8.3', 'L7.1', 'L8.14', 'L8.16'])
const WHOLE = new Set([
  'V2.1',
  'V2.2',
  'V2.3',
  'V2.4',
  'V3.1',
  'V3.2',
  'V3.3',
  'V8.11',
  'L5.1',
  'L5.2',
  'L5.3',
  'L6.1',
  'L6.2',
  'L6.3',
  'L6.4',
  'L6.5',
  'L7.2',
  'L8.12',
  'L8.13',
  'L8.15',
])

/** The key under which a hand measure files what the entry speaks of. Extra keys of the entry's subject are dropped. */
function keyOfTruth(entry: Truth, found: Found): string {
  const period = DAILY.has(entry.code) ? entry.day! : WHOLE.has(entry.code) ? '' : entry.month
  const sample = found.findings.keys().next().value
  const names = sample
    ? sample
        .slice(0, sample.lastIndexOf(' @'))
        .split(' ')
        .map((part) => part.split('=')[0]!)
    : Object.keys(entry.subject)
  return keyOf(Object.fromEntries(names.map((name) => [name, entry.subject[name]!])), period)
}

const VEHICLES = Number(process.env['CITY_VEHICLES'] ?? 20_000)
const SEED = Number(process.env['CITY_SEED'] ?? 7)

beforeAll(async () => {
  const city = generateCity({ vehicles: VEHICLES, years: 2, seed: SEED, until: UNTIL })
  for await (const batch of city.batches()) {
    const list = tables.get(batch.table) ?? []
    tables.set(batch.table, list)
    for (const row of batch.rows) list.push(row)
  }
  truth = await city.groundTruth()
}, 120_000)

describe('what was planted, measured by hand', () => {
  for (const [code, measure] of Object.entries(MEASURES))
    it(`SUP-PA-${code} finds its plants with their values, none of its near misses, and little else`, () => {
      const found = measure()
      const entries = truth.filter((entry) => entry.code === code)
      const plants = entries.filter((entry) => entry.kind === 'plant')
      const misses = entries.filter((entry) => entry.kind === 'near_miss')
      expect(plants.length).toBeGreaterThan(0)
      expect(misses.length).toBeGreaterThan(0)
      const planted = new Set<string>()
      for (const entry of plants) {
        const key = keyOfTruth(entry, found)
        planted.add(key)
        expect(found.findings.has(key), `${entry.sentence} ${key}`).toBe(true)
        if (entry.measured !== null)
          expect(found.findings.get(key), entry.sentence).toBeCloseTo(entry.measured, 6)
      }
      for (const entry of misses)
        expect(found.findings.has(keyOfTruth(entry, found)), `near miss: ${entry.sentence}`).toBe(false)
      const unplanted = [...found.findings].filter(([key]) => !planted.has(key))
      expect(
        unplanted.length,
        `${unplanted.length} of ${found.judged}: ${unplanted.slice(0, 3)}`,
      ).toBeLessThanOrEqual(found.judged * 0.05)
    })
})
