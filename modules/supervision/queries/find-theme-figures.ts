import { type Actor, type RequestContext, type Services, scopeOf } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { type Handler, withPreparation } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { Period } from '../rules/period.ts'
import {
  basesOfPeriod,
  basesOfStep,
  type Coverage,
  type DataState,
  dataStateOf,
  stepOf,
  stepsIn,
  type ThemeStep,
} from '../rules/theme-periods.ts'
import { dayOf } from '../rules/working-days.ts'
import type { ThemeFigure, ThemeFigureRow } from '../themes/contract.ts'
import { hasDimension, readQuestion, refuse, type ThemeQuestion } from '../themes/theme-question.ts'
import {
  statementOfCoverage,
  statementOfGroups,
  statementOfSteps,
  type ThemeRow,
  type ThemeStatement,
} from '../themes/theme-sql.ts'
import { nameOfValue, type ThemeMeasure, themeDimensions, themeMeasures } from '../themes/themes.ts'

/** Longest answer of the store. */
const LIMIT_MS = 30_000
/** Longest period by day. */
const MOST_DAYS = 400

type Operation = Handler<typeof supervisionContract.findThemeFigures>
type Input = Parameters<Operation>[1]
type Ask = (statement: ThemeStatement) => Promise<readonly Record<string, unknown>[]>

/** A row without its words. */
type Bare = Omit<ThemeFigureRow, 'label'>

/** What the store said, before names are put to it. */
interface Figures {
  readonly by: string
  readonly items: readonly Bare[]
  readonly total: Bare
  readonly groups: number
  readonly dataTo: string | null
  readonly before: Period
  readonly yearBefore: Period
}

const isStep = (by: string): by is ThemeStep => by === 'day' || by === 'week' || by === 'month'

/** Figures of a theme by period, unit or dimension (SUP-11). The lake is asked before the transaction opens. */
export const findThemeFigures = (ports: SupervisionPorts): Operation =>
  withPreparation(
    (services: Services, actor: Actor, input: Input) => askFigures(ports, services, actor, input),
    async (ctx, _input: Input, figures) => {
      const label = await labelsFor(ctx, ports, figures)
      const { items, total, groups, dataTo, before, yearBefore } = figures
      return {
        items: items.map((row) => ({ ...row, label: label(row.key) })),
        nextCursor: null,
        total: { ...total, label: '合计' },
        groups,
        dataTo,
        before,
        yearBefore,
      }
    },
  )

async function askFigures(
  ports: SupervisionPorts,
  { clock }: Services,
  actor: Actor,
  input: Input,
): Promise<Figures> {
  const asked = readQuestion(actor, input)
  const { by } = input
  const rank = {
    measure: asked.theme.measures[0]!,
    descending: true,
    limit: input.limit,
    ...sortOf(input.sort),
  }
  const days = Temporal.PlainDate.from(input.from).until(input.to, { largestUnit: 'days' }).days
  refuse([
    !isStep(by) &&
      by !== 'unit' &&
      !hasDimension(asked.theme, by) && { path: 'by', message: '该专题没有这个维度' },
    by === 'day' && days >= MOST_DAYS && { path: 'to', message: `按日统计的期间不能超过 ${MOST_DAYS} 天` },
    !(asked.theme.measures as readonly string[]).includes(rank.measure) && {
      path: 'sort',
      message: '该专题没有这个指标',
    },
  ])
  const period = isStep(by) ? widened(by, asked.period) : asked.period
  const question = { ...asked, period }
  const bases = basesOfPeriod(period)
  const reach = { from: earliest(period, by), to: period.to }
  const signal = AbortSignal.timeout(LIMIT_MS)
  const ask: Ask = async ({ sql, parameters }) => {
    try {
      return await ports.askLake(scopeOf(actor), sql, parameters, signal)
    } catch (error) {
      if (signal.aborted) throw new Problem(supervisionErrors.theme_too_slow, { cause: error })
      throw error
    }
  }
  const today = dayOf(clock.now())
  // What comes after the period tells a day of rest at its end from data that end there.
  const known = { from: reach.from, to: [period.to, today].sort()[1]! }
  const coverage = coverageOf(await ask(statementOfCoverage(question, known)))
  const stateOf = (of: Period) => dataStateOf(of, coverage, today)
  const rows = (await ask(
    statementOfGroups(question, isStep(by) ? null : by, { now: period, ...bases }, rank),
  )) as unknown as ThemeRow[]
  const groups = rowsOfGroups(question, rows, { now: period, ...bases }, stateOf)
  const steps = isStep(by)
    ? rowsOfSteps(question, by, await ask(statementOfSteps(question, by, reach)), stateOf)
    : null
  return {
    by,
    items: steps ?? groups.items,
    total: groups.total,
    groups: steps?.length ?? groups.count,
    dataTo: coverage.last !== null && coverage.last < period.from ? null : coverage.last,
    ...bases,
  }
}

const sortOf = (sort: string | undefined) =>
  sort ? { measure: sort.replace('-', '') as 'acts', descending: sort.startsWith('-') } : {}

/** Whole days, weeks or months. */
const widened = (step: ThemeStep, { from, to }: Period): Period => ({
  from: stepOf(step, from).from,
  to: stepOf(step, to).to,
})

/** First day that anything is compared with. */
function earliest(period: Period, by: string): string {
  const { before, yearBefore } = basesOfPeriod(period)
  const steps = isStep(by) ? basesOfStep(by, stepOf(by, period.from)) : null
  return [
    before.from,
    yearBefore.from,
    ...(steps ? [steps.before.from, steps.yearBefore.from] : []),
  ].sort()[0]!
}

function coverageOf(rows: readonly Record<string, unknown>[]): Coverage {
  const months = rows as unknown as readonly { month: string; first: string; last: string }[]
  return {
    months: new Set(months.map(({ month }) => month)),
    first: months.map(({ first }) => first).sort()[0] ?? null,
    last:
      months
        .map(({ last }) => last)
        .sort()
        .at(-1) ?? null,
  }
}

type Values = Readonly<Record<string, unknown>> | undefined

/** A measure of a group: a count of none is nought, a share or an average of none is nothing. */
function measured(
  key: string,
  measure: ThemeMeasure,
  row: Values,
): { value: number | null; sample: number | null } {
  const n = Number(row?.[`n_${key}`] ?? 0)
  if (measure.kind === 'count') return { value: n, sample: null }
  const sample = Number(row?.[`w_${key}`] ?? 0)
  if (sample === 0) return { value: null, sample }
  return { value: (measure.kind === 'share' ? 100 * n : n) / sample, sample }
}

/** Shares differ by percentage points, counts and averages by percent of the base. */
function growth(kind: ThemeMeasure['kind'], value: number | null, base: number | null): number | null {
  if (value === null || base === null) return null
  if (kind === 'share') return value - base
  return base === 0 ? null : (100 * (value - base)) / base
}

/** Figures of a group or period; bases that are not whole compare with nothing. */
function figuresOf(
  question: ThemeQuestion,
  state: DataState,
  row: Values,
  bases: { before: Values | null; yearBefore: Values | null },
): Record<string, ThemeFigure> {
  const figure = (key: keyof typeof themeMeasures): ThemeFigure => {
    const measure: ThemeMeasure = themeMeasures[key]
    if (state === 'missing') return { value: null, sample: null, mom: null, yoy: null }
    const now = measured(key, measure, row)
    const against = (base: Values | null) =>
      base === null || state === 'partial'
        ? null
        : growth(measure.kind, now.value, measured(key, measure, base).value)
    return { ...now, mom: against(bases.before), yoy: against(bases.yearBefore) }
  }
  return Object.fromEntries(question.theme.measures.map((key) => [key, figure(key)]))
}

function rowsOfSteps(
  question: ThemeQuestion,
  step: ThemeStep,
  rows: readonly Record<string, unknown>[],
  stateOf: (of: Period) => DataState,
): Bare[] {
  const byFirst = new Map(rows.map((row) => [String(row['key']), row]))
  /** Nothing happened: an empty row; no data, or only a part: null. */
  const base = (of: Period): Values | null => (stateOf(of) === 'whole' ? (byFirst.get(of.from) ?? {}) : null)
  return stepsIn(step, question.period).map((each) => {
    const { before, yearBefore } = basesOfStep(step, each)
    const bases = { before: base(before), yearBefore: base(yearBefore) }
    const state = stateOf(each)
    return {
      key: each.from,
      ...each,
      state,
      figures: figuresOf(question, state, byFirst.get(each.from), bases),
    }
  })
}

function rowsOfGroups(
  question: ThemeQuestion,
  rows: readonly ThemeRow[],
  spans: Readonly<Record<ThemeRow['span'], Period>>,
  stateOf: (of: Period) => DataState,
) {
  const state = stateOf(spans.now)
  const bySpan = new Map(rows.map((row) => [`${row.span} ${row.key}`, row]))
  const present = (key: string | null): Bare => {
    const base = (span: ThemeRow['span']) =>
      stateOf(spans[span]) === 'whole' ? (bySpan.get(`${span} ${key}`) ?? {}) : null
    const bases = { before: base('before'), yearBefore: base('yearBefore') }
    const figures = figuresOf(question, state, bySpan.get(`now ${key}`), bases)
    return { key: key ?? '', ...spans.now, state, figures }
  }
  const shown = rows.filter(({ span, key }) => span === 'now' && key !== null)
  return { items: shown.map(({ key }) => present(key)), total: present(null), count: shown[0]?.groups ?? 0 }
}

/** Names of groups: units, people and institutions, words of codes, periods. */
async function labelsFor(
  ctx: RequestContext,
  ports: SupervisionPorts,
  { by, items }: Figures,
): Promise<(key: string) => string> {
  const keys = items.map(({ key }) => key)
  if (by === 'unit') {
    const names = await ports.unitNamesOf(ctx, keys)
    return (key) => names.get(key) ?? key
  }
  if (isStep(by)) return (key) => (by === 'month' ? key.slice(0, 7) : by === 'week' ? `${key} 起一周` : key)
  const dimension = by as keyof typeof themeDimensions
  const known = keys.filter((key) => key !== '')
  const parties = themeDimensions[dimension].names === 'party' ? await ports.namesOf(ctx, known) : null
  return (key) => {
    if (key === '') return '未记录'
    return parties ? (parties.get(key) ?? `编号 ${key.slice(-8)}`) : (nameOfValue(dimension, key) ?? key)
  }
}
