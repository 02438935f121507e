/** Hand-worked cases of L11 and L12. */
import type { Facts } from './fact-stores.ts'
import { type ExpectedRow, type PostHocVector, vector } from './post-hoc-vector.ts'

type Row = Record<string, unknown>

let candidate = 0
/** `n` examinations of which `passed` were passed, each of a candidate of its own. */
const sat = (n: number, passed: number, row: Row): Row[] =>
  Array.from({ length: n }, (_, i) => ({
    site_id: 's',
    make_up: false,
    occurred_at: '2026-01-15 10:00',
    candidate_id: `c${candidate++}`,
    passed: i < passed,
    ...row,
  }))
const examination = (...rows: Row[][]): Facts => ({ examination: rows.flat() })

// ---- L11 ----------------------------------------------------------------------------------------------------------

const passRates = (code: string, subject: string, local: boolean): PostHocVector[] => {
  const own = { subject, local, full_mark: true }
  const there = { ...own, site_id: 'o' }
  return [
    vector(
      code,
      '62 % against 50 % of the city',
      examination(sat(50, 31, own), sat(50, 19, there)),
      { key: 's', measured: 62, base: 50, deviation: 12, sample: 50, threshold: 10, fired: true },
      { key: 'o', measured: 38, base: 50, fired: false },
    ),
    vector(
      code,
      'exactly ten points',
      examination(sat(50, 30, own), sat(50, 20, there)),
      { key: 's', deviation: 10, fired: false },
      { key: 'o', deviation: -10, fired: false },
    ),
    vector(
      code,
      'twenty-nine are too few, thirty are enough',
      examination(sat(29, 29, own), sat(30, 30, { ...own, site_id: 'q' }), sat(60, 10, there)),
      { key: 's', judged: false, fired: false, unjudged: 'small_sample' },
      { key: 'q', measured: 100, fired: true },
      { key: 'o', fired: false },
    ),
    vector(
      code,
      'ordinary tests, other subjects and the other candidates do not move the city',
      examination(
        sat(50, 30, own),
        sat(50, 20, there),
        sat(80, 0, { ...own, full_mark: false }),
        sat(80, 0, { ...own, subject: 'subject2' }),
        sat(80, 0, { ...own, local: !local }),
        sat(80, 0, { ...own, local: null }),
      ),
      { key: 's', base: 50, fired: false },
      { key: 'o', fired: false },
    ),
  ]
}

const shares = (code: string, subject: string): PostHocVector[] => {
  const away = { subject, full_mark: true, local: false }
  const local = { ...away, local: true }
  const twice = sat(4, 0, away)
  return [
    vector(code, 'four of 39 candidates', examination(sat(4, 4, away), sat(35, 20, local)), {
      key: 's',
      numerator: 4,
      denominator: 39,
      threshold: 10,
      fired: true,
    }),
    vector(code, 'exactly ten percent', examination(sat(4, 4, away), sat(36, 20, local)), {
      key: 's',
      measured: 10,
      fired: false,
    }),
    vector(
      code,
      'a candidate who comes twice in a month counts once',
      examination(twice, twice, sat(36, 20, local)),
      {
        key: 's',
        measured: 10,
        denominator: 40,
        fired: false,
      },
    ),
    vector(code, 'one who comes twice among 39', examination(twice, twice, sat(35, 20, local)), {
      key: 's',
      numerator: 4,
      denominator: 39,
      fired: true,
    }),
    vector(code, 'twenty-nine candidates are too few', examination(sat(29, 29, away)), {
      key: 's',
      judged: false,
      fired: false,
      unjudged: 'small_sample',
    }),
    vector(
      code,
      'ordinary tests and other subjects do not count',
      examination(sat(50, 25, { ...away, full_mark: false }), sat(50, 25, { ...away, subject: 'subject2' })),
    ),
  ]
}

const l11: PostHocVector[] = [
  ...passRates('L11.1', 'subject1', true),
  ...passRates('L11.2', 'subject1', false),
  ...passRates('L11.3', 'subject3_road', true),
  ...passRates('L11.4', 'subject3_road', false),
  ...shares('L11.5', 'subject1'),
  ...shares('L11.6', 'subject3_road'),
]

// ---- L12 ----------------------------------------------------------------------------------------------------------

const here = { subject: 'subject2', full_mark: false, unit_id: 'u', local: true }
const away = { ...here, local: false }
const again = sat(4, 0, away)
/** `n` of 40 from elsewhere. */
const month = (n: number, occurred_at: string, rest: Row = {}) => [
  ...sat(n, n, { ...away, occurred_at, ...rest }),
  ...sat(40 - n, 9, { ...here, occurred_at, ...rest }),
]
const LAST_YEAR = '2025-01-20 10:00'
const NOW = '2026-01-20 10:00'

const l12: PostHocVector[] = [
  vector('L12.1', 'four of 39', examination(sat(4, 4, away), sat(35, 9, here)), {
    key: 'u/subject2',
    numerator: 4,
    denominator: 39,
    threshold: 10,
    fired: true,
  }),
  vector('L12.1', 'exactly ten percent', examination(sat(4, 4, away), sat(36, 9, here)), {
    key: 'u/subject2',
    measured: 10,
    fired: false,
  }),
  vector(
    'L12.1',
    'make-ups of the same candidates count again',
    examination(again, again, sat(36, 9, here)),
    {
      key: 'u/subject2',
      numerator: 8,
      denominator: 44,
      fired: true,
    },
  ),
  vector(
    'L12.1',
    'another subject and another unit apart',
    examination(
      sat(4, 4, away),
      sat(36, 9, here),
      sat(31, 9, { ...away, subject: 'subject1' }),
      sat(31, 9, { ...away, unit_id: 'w' }),
    ),
    { key: 'u/subject2', measured: 10, fired: false },
    { key: 'u/subject1', measured: 100, fired: true },
    { key: 'w/subject2', measured: 100, fired: true },
  ),
  vector('L12.1', 'twenty-nine are too few', examination(sat(29, 9, away)), {
    key: 'u/subject2',
    judged: false,
    fired: false,
    unjudged: 'small_sample',
  }),
  vector('L12.1', 'full-mark exams do not count', examination(sat(40, 9, { ...away, full_mark: true }))),
  vector('L12.2', '15 % after 2.5 %', examination(month(6, NOW), month(1, LAST_YEAR)), {
    key: 'u/subject2',
    measured: 15,
    base: 2.5,
    deviation: 12.5,
    threshold: 10,
    fired: true,
  }),
  vector('L12.2', 'exactly ten points', examination(month(6, NOW), month(2, LAST_YEAR)), {
    key: 'u/subject2',
    measured: 15,
    base: 5,
    deviation: 10,
    fired: false,
  }),
  vector(
    'L12.2',
    'twenty-nine last year are too few',
    examination(month(40, NOW), sat(29, 9, { ...here, occurred_at: LAST_YEAR })),
    {
      key: 'u/subject2',
      judged: false,
      fired: false,
      unjudged: 'small_sample',
    },
  ),
  vector('L12.2', 'nothing last year', examination(month(40, NOW)), {
    key: 'u/subject2',
    judged: false,
    fired: false,
    unjudged: 'no_base',
  }),
  vector(
    'L12.2',
    'last month is not last year',
    examination(month(6, NOW), month(1, '2025-12-20 10:00'), month(6, LAST_YEAR)),
    { key: 'u/subject2', base: 15, deviation: 0, fired: false },
  ),
]

/** All cases of the two groups. */
export const l11l12Vectors: readonly PostHocVector[] = [...l11, ...l12]
