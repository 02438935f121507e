/** What a cell is held against, worked out from the other cells. */
import { BASE_MONTHS } from './cells.ts'
import { fault } from './fault.ts'
import { countsDistinct, isFraction, numerator, relatedOf } from './measures.ts'
import { keyNames, type Run } from './run.ts'

/** Base of a cell as SQL: numerator, denominator, sample, and the joins it takes. */
interface BaseParts {
  readonly num: string
  readonly den: string
  readonly sample: string
  readonly joins: string
}

export function baseOf(run: Run): BaseParts | null {
  const { base, measure } = run.definition
  if (!base) return null
  const keys = keyNames(run)
  const group = ['c.city', ...keys.map((key) => `c.${key}`)]
  const rate = isFraction(measure)
  const den = (alias: string, prefix = '') => (rate ? `${alias}.${prefix}sample` : '1')
  const equal = (other: string) =>
    [`${other}.city = c.city`, ...keys.map((key) => `${other}.${key} = c.${key}`)].join(' AND ')
  const present = keys.map((key) => `c.${key} IS NOT NULL`).join(' AND ') || 'TRUE'
  const keptOf = (keep: readonly string[]) =>
    keep.map((name) =>
      keys.includes(`d_${name}`) ? `d_${name}` : fault('base.keep', `${name} is no dimension of this run`),
    )
  if (relatedOf(measure)) fault('base', 'a measure of related rows has no base yet')
  switch (base.kind) {
    case 'previous_month':
    case 'same_month_last_year': {
      const shift = `CAST(c.bucket - INTERVAL '${BASE_MONTHS[base.kind]}' MONTH AS DATE)`
      return {
        num: numerator(measure, 'p', ''),
        den: den('p'),
        sample: 'p.sample',
        joins: `LEFT JOIN cells AS p ON ${equal('p')} AND p.bucket = ${shift}`,
      }
    }
    case 'last_year_monthly_average': {
      if (rate) fault('base.kind', 'a monthly average is taken of counts, not of rates or means')
      const years = `SELECT ${group.join(', ')}, extract(year FROM c.bucket) AS y, sum(${numerator(measure, 'c', '')}) AS num, sum(c.sample) AS sample, count(*) AS months FROM cells AS c GROUP BY ${[...group, 'y'].map((_, i) => i + 1).join(', ')}`
      return {
        num: 'p.num',
        den: 'p.months',
        sample: 'p.sample',
        joins: `LEFT JOIN (${years}) AS p ON ${equal('p')} AND p.y = extract(year FROM c.bucket) - 1`,
      }
    }
    case 'city_last_year_average_per_group': {
      if (rate) fault('base.kind', 'a monthly average is taken of counts, not of rates or means')
      const groups = `SELECT ${group.join(', ')}, extract(year FROM c.bucket) AS y, sum(${numerator(measure, 'c', '')}) AS num, sum(c.sample) AS sample FROM cells AS c WHERE ${present} GROUP BY ${[...group, 'y'].map((_, i) => i + 1).join(', ')}`
      return {
        num: 'p.num',
        den: '(12 * p.n)',
        sample: 'p.sample',
        joins: `LEFT JOIN (SELECT g.city, g.y, sum(g.num) AS num, sum(g.sample) AS sample, count(*) AS n FROM (${groups}) AS g GROUP BY 1, 2) AS p ON p.city = c.city AND p.y = extract(year FROM c.bucket) - 1`,
      }
    }
    case 'pooled': {
      if (countsDistinct(measure) || measure.kind === 'max')
        fault('base.kind', `${measure.kind} cannot be pooled`)
      // Joined, not a window: a window sorts, and there may be a cell for every pair of examiner and school.
      const kept = ['city', 'bucket', ...keptOf(base.keep)]
      const sums = `SELECT ${kept.map((key) => `c.${key}`).join(', ')}, sum(${numerator(measure, 'c', '')}) AS num, sum(c.sample) AS sample FROM cells AS c GROUP BY ${kept.map((_, i) => i + 1).join(', ')}`
      return {
        num: 'p.num',
        den: rate ? 'p.sample' : '1',
        sample: 'p.sample',
        joins: `LEFT JOIN (${sums}) AS p ON ${kept.map((key) => `p.${key} = c.${key}`).join(' AND ')}`,
      }
    }
    case 'others_average': {
      if (rate) fault('base.kind', 'the others’ average is taken of counts, not of rates or means')
      const w = `OVER (PARTITION BY ${['city', 'bucket', ...keptOf(base.keep)].map((key) => `c.${key}`).join(', ')})`
      const own = numerator(measure, 'c', '')
      const only = (of: string) => `(CASE WHEN ${present} THEN ${of} END)`
      return {
        num: `(sum${only(own)} ${w} - ${own})`,
        den: `(count${only('1')} ${w} - 1)`,
        sample: `sum${only('c.sample')} ${w}`,
        joins: '',
      }
    }
    case 'other_rows':
      return { num: numerator(measure, 'c', 'b'), den: den('c', 'b'), sample: 'c.bsample', joins: '' }
    default:
      return fault('base.kind', 'is no base of the language')
  }
}
