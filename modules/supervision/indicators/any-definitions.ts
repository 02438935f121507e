/** Definitions of any shape that compiles, over the facts of `any-facts.ts`, for property tests. */
import type {
  Base,
  Condition,
  Dimension,
  Expression,
  IndicatorDefinition,
  Measure,
  Unit,
  Window,
} from '@hengjian/indicators'
import fc from 'fast-check'
import { pick } from './any-facts.ts'

/** Columns of a fact that vary in `any-facts.ts`, with values that occur. */
interface Ground {
  readonly fact: string
  readonly texts: Readonly<Record<string, readonly string[]>>
  readonly flags: readonly string[]
  readonly numbers: readonly string[]
  /** Ids to group by and to count the different ones of. */
  readonly ids: readonly string[]
  readonly times: readonly string[]
}

const GROUNDS: readonly Ground[] = [
  {
    fact: 'inspection',
    texts: { model: ['M', 'N'], origin_region: ['440103', '440106', '450302'] },
    flags: ['passed'],
    numbers: ['attempt', 'vehicle_age_years'],
    ids: ['institution_id', 'vehicle_id'],
    times: ['occurred_at', 'submitted_at'],
  },
  {
    fact: 'examination',
    texts: { subject: ['subject1', 'subject2', 'subject3_safety'] },
    flags: ['passed', 'make_up', 'full_mark', 'local', 'working_time'],
    numbers: ['score'],
    ids: ['site_id', 'school_id', 'examiner_id', 'candidate_id'],
    times: ['occurred_at', 'started_at'],
  },
  {
    fact: 'transaction',
    texts: {
      business_kind: ['plate_replacement', 'licence_replacement', 'added_class'],
      state: ['completed', 'withdrawn'],
      reason: ['reissue', 'exchange'],
    },
    flags: [],
    numbers: [],
    ids: ['vehicle_id', 'person_id'],
    times: ['accepted_at'],
  },
]

/** A condition on the columns of a ground, up to three levels deep; every kind of it that compares stored values. */
function conditions(ground: Ground): fc.Arbitrary<Condition> {
  const of = (column: string) => `${ground.fact}.${column}`
  const leaves: fc.Arbitrary<Condition>[] = [
    ...Object.entries(ground.texts).flatMap(([column, values]) => [
      pick(...values).map((value): Condition => ({ eq: [of(column), { value }] })),
      pick(...values).map((value): Condition => ({ ne: [of(column), { value }] })),
      fc.subarray([...values]).map((value): Condition => ({ in: [of(column), { value }] })),
      pick(...values).map((value): Condition => ({ prefix: [of(column), { left: [{ value }, 2] }] })),
    ]),
    ...ground.flags.flatMap((column) => [
      fc.boolean().map((value): Condition => ({ eq: [of(column), value] })),
      fc.constant<Condition>({ isNull: of(column) }),
    ]),
    ...ground.numbers.map((column) =>
      fc
        .tuple(
          pick('lt' as const, 'le' as const, 'gt' as const, 'ge' as const, 'eq' as const),
          pick(1, 15, 84),
        )
        .map(([key, value]) => ({ [key]: [of(column), value] }) as unknown as Condition),
    ),
    ...ground.ids.map((column) => fc.constant<Condition>({ notNull: of(column) })),
  ]
  const leaf = fc.oneof(...leaves)
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((and): Condition => ({ and })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((or): Condition => ({ or })),
      tie('tree').map((not): Condition => ({ not })),
    ),
  }))
  return tree
}

function measures(ground: Ground): fc.Arbitrary<Measure> {
  const column = (names: readonly string[]) => pick(...names).map((name) => `${ground.fact}.${name}`)
  const numbers = ground.numbers.length > 0 ? column(ground.numbers) : null
  return fc.oneof(
    fc.constant<Measure>({ kind: 'count' }),
    column(ground.ids).map((of): Measure => ({ kind: 'count_distinct', of })),
    conditions(ground).map((numerator): Measure => ({ kind: 'rate', numerator })),
    fc
      .tuple(conditions(ground), column(ground.ids))
      .map(([numerator, distinct]): Measure => ({ kind: 'rate', numerator, distinct })),
    fc
      .tuple(conditions(ground), conditions(ground))
      .map(([one, other]): Measure => ({ kind: 'least', of: [one, other] })),
    ...(numbers
      ? [
          numbers.map((of): Measure => ({ kind: 'sum', of })),
          numbers.map((of): Measure => ({ kind: 'average', of })),
          numbers.map((of): Measure => ({ kind: 'max', of })),
        ]
      : []),
  )
}

const windows: fc.Arbitrary<Window> = fc.oneof(
  pick<Window>({ kind: 'day' }, { kind: 'month' }, { kind: 'month' }),
  fc
    .tuple(pick<Expression | undefined>(undefined, 1, 2), pick('day' as const, 'month' as const))
    .map(([months, ends]): Window => ({ kind: 'rolling', ends, ...(months ? { months } : {}) })),
)

/** Bases that the language allows for a measure in a window. */
function bases(
  ground: Ground,
  measure: Measure,
  window: Window,
  dimensions: readonly Dimension[],
): fc.Arbitrary<Base | undefined> {
  const fraction = measure.kind === 'rate' || measure.kind === 'average'
  const distinct =
    measure.kind === 'count_distinct' || (measure.kind === 'rate' && measure.distinct !== undefined)
  if (window.kind === 'rolling') return fc.constant(undefined)
  const keep = fc.subarray(dimensions.map(({ name }) => name))
  const monthly: fc.Arbitrary<Base>[] =
    window.kind === 'month'
      ? [
          pick<Base>({ kind: 'previous_month' }, { kind: 'same_month_last_year' }),
          ...(fraction
            ? []
            : [
                pick<Base>(
                  { kind: 'last_year_monthly_average' },
                  { kind: 'city_last_year_average_per_group' },
                ),
              ]),
        ]
      : []
  const pooled =
    distinct || measure.kind === 'max' ? [] : [keep.map((names): Base => ({ kind: 'pooled', keep: names }))]
  const others = fraction ? [] : [keep.map((names): Base => ({ kind: 'others_average', keep: names }))]
  const rows = conditions(ground).map((filter): Base => ({ kind: 'other_rows', filter }))
  return fc.oneof(fc.constant(undefined), rows, ...monthly, ...pooled, ...others)
}

/** How a measure may be compared: against its base by growth or, for rates, by points; else as it is. */
const unitsOf = (measure: Measure, base: Base | undefined): readonly Unit[] => {
  if (!base) return [measure.kind === 'rate' ? 'percent_share' : 'count']
  return measure.kind === 'rate' ? ['percent_growth', 'percentage_points'] : ['percent_growth']
}

const dimensionsOf = (ground: Ground): fc.Arbitrary<Dimension[]> =>
  fc
    .subarray([...ground.ids, ...Object.keys(ground.texts)], { maxLength: 2 })
    .map((columns) => columns.map((column) => ({ name: column, of: `${ground.fact}.${column}` })))

/** One time in four. */
const seldom = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some })

const titled = { titleZh: '任意', sentence: '任意', explanation: '{period} {measured}' }

/** Any definition, judged by its own filter, measured rows, base, second test and window. */
export const anyDefinition: fc.Arbitrary<IndicatorDefinition> = pick(...GROUNDS).chain((ground) =>
  fc
    .record({
      measure: measures(ground),
      window: windows,
      dimensions: dimensionsOf(ground),
      time: pick(...ground.times),
      filter: fc.option(conditions(ground), { nil: undefined, freq: 1 }),
      measured: fc.option(conditions(ground), { nil: undefined, freq: 1 }),
      judgedWhen: seldom(conditions(ground)),
      also: seldom(
        fc.record({
          how: pick('either' as const, 'both' as const),
          filter: conditions(ground),
          comparison: pick('>' as const, '<=' as const),
          threshold: pick(1, 50),
        }),
      ),
      allUnits: fc.boolean(),
      comparison: pick('>' as const, '>=' as const, '<' as const, '<=' as const),
      threshold: pick(-10, 0, 1, 2, 50),
      minimumSample: pick(0, 2),
    })
    .filter(({ measure, window }) => !(measure.kind === 'average' && window.kind === 'rolling'))
    .chain(({ time, filter, measured, judgedWhen, also, allUnits, ...rest }) =>
      bases(ground, rest.measure, rest.window, rest.dimensions).chain((base) =>
        pick(...unitsOf(rest.measure, base)).map(
          (unit): IndicatorDefinition => ({
            code: 'ANY',
            mode: 'post_hoc',
            subject: 'institution',
            ...titled,
            source: { fact: ground.fact },
            time: `${ground.fact}.${time}`,
            ...(filter ? { filter } : {}),
            ...(measured ? { measured } : {}),
            ...(judgedWhen ? { judgedWhen } : {}),
            ...(also ? { also } : {}),
            ...(base ? { base } : {}),
            ...(allUnits ? { allUnits } : {}),
            ...rest,
            unit,
            parameters: {},
            effect: 'finding',
          }),
        ),
      ),
    ),
)
