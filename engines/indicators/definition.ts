/**
 * The language of indicators. A definition is plain JSON: everything here survives `JSON.parse(JSON.stringify(x))`,
 * so shipped indicators and those composed in the console are the same thing.
 */

/** Scalars of the transaction at hand that a definition may refer to (in-process only). */
export type AtHandField =
  | 'transaction_id'
  | 'unit_path'
  | 'business_kind'
  | 'reason'
  | 'accepted_at'
  | 'vehicle_id'
  | 'person_id'
  | 'organisation_id'
  | 'agent_id'
  | 'local'
  | 'amendment_id'
  | 'person_change_id'

/** A literal. */
export type Literal = string | number | boolean

/**
 * A value. A bare string is always a column, `alias.column`; a text constant is written `{ value: 'x' }`.
 * `left` cuts the first n characters; `day` is the calendar day of an instant in Asia/Shanghai; `lookup` is one value of a column among rows of a fact.
 */
export type Expression =
  | string
  | number
  | boolean
  | { readonly value: Literal | readonly (string | number)[] }
  | { readonly param: string }
  | { readonly atHand: AtHandField }
  | { readonly left: readonly [Expression, number] }
  | { readonly abs: Expression }
  | { readonly coalesce: readonly Expression[] }
  | { readonly day: Expression }
  | { readonly addMonths: readonly [Expression, Expression] }
  | { readonly lookup: Lookup }

/** Rows of a fact, with joins, that satisfy a condition. */
export interface Selection extends Source {
  readonly where: Condition
}

/**
 * `take` of the values of `of` among the selected rows; null when there is none. `first` and `last` go by the value of
 * `by`; `count` is the number of different values, zero when there is none (state at an event).
 */
export interface Lookup extends Selection {
  readonly of: Expression
  readonly take: 'min' | 'max' | 'first' | 'last' | 'count'
  readonly by?: Expression
}

type Pair = readonly [Expression, Expression]

/**
 * A condition, three-valued as in SQL: a comparison with an unknown is unknown and selects nothing.
 * `prefix`: the first value begins with the second. `during`: [at, from, to) with an open end where `to` is null.
 * `local`: the region lies within the local regions of the unit of the row (or of the unit at hand).
 */
export type Condition =
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly eq: Pair }
  | { readonly ne: Pair }
  | { readonly lt: Pair }
  | { readonly le: Pair }
  | { readonly gt: Pair }
  | { readonly ge: Pair }
  | { readonly in: Pair }
  | { readonly prefix: Pair }
  | { readonly isNull: Expression }
  | { readonly notNull: Expression }
  | { readonly during: readonly [Expression, Expression, Expression] }
  | { readonly local: Expression }
  | { readonly exists: Selection }

/** Another fact joined to the source; `as` defaults to the fact's name. A left join keeps rows without partner. */
export interface Join {
  readonly fact: string
  readonly as?: string
  readonly kind?: 'inner' | 'left'
  readonly on: Condition
}

/** Rows to read: one fact, perhaps with others joined. */
export interface Source {
  readonly fact: string
  readonly as?: string
  readonly joins?: readonly Join[]
}

/** A column of the answer by which rows are grouped. Groups with an unknown dimension are not judged. */
export interface Dimension {
  readonly name: string
  readonly of: Expression
  readonly titleZh?: string
}

/** Rows of another fact that fall into the same groups. */
export interface FurtherRows extends Source {
  readonly filter?: Condition
  /** The same names as the definition's dimensions. */
  readonly dimensions: readonly Dimension[]
  /** Instant that places a row in the window; default `<source>.occurred_at`. */
  readonly time?: Expression
}

/** Rows of another fact counted into the same groups (misjudgements per examinations, plates per registrations). */
export interface Related extends FurtherRows {
  /** Unit of a row; default `<source>.unit_path`. */
  readonly unit?: Expression
  readonly distinct?: Expression
  /** Parts of the count that the explanation tells apart, as `{N:name}`. */
  readonly parts?: readonly { readonly name: string; readonly where: Condition }[]
}

/**
 * What is measured over the rows of a group. Rates and shares are percent.
 * - `rate`: rows that satisfy `numerator` of all rows; with `distinct`, different values instead of rows.
 * - `average`: mean of a number over the rows that have it, which are the sample (post-hoc; no rolling window).
 * - `least`: the smaller of two counts.
 * - `related`: the number of related rows, zero included; the sample is the group's own rows.
 * - `overlap`: most different `of` at one moment among half-open intervals [from, to).
 * - `overdue`: for each row by itself, time from `start` to `end` (null or left out = still open); reported once, in the period in
 *   which the limit (the threshold) passes.
 */
export type Measure =
  | { readonly kind: 'count' }
  | { readonly kind: 'count_distinct'; readonly of: Expression }
  | { readonly kind: 'sum'; readonly of: Expression }
  | { readonly kind: 'average'; readonly of: Expression }
  | { readonly kind: 'max'; readonly of: Expression }
  | { readonly kind: 'rate'; readonly numerator: Condition; readonly distinct?: Expression }
  | { readonly kind: 'share'; readonly numerator: Related }
  | { readonly kind: 'least'; readonly of: readonly [Condition, Condition] }
  | { readonly kind: 'related'; readonly of: Related }
  | { readonly kind: 'overlap'; readonly of: Expression; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'overdue'; readonly start: Expression; readonly end?: Expression }

/**
 * Which rows belong together in time.
 * - `at_hand` (in-process): whatever the filter selects, no bound in time.
 * - `day`, `month`: calendar day or month (in-process: of `accepted_at`, up to it; post-hoc: one row per day or month).
 * - `period`: the period of the run.
 * - `rolling`: `months` months ending at `accepted_at`, or post-hoc ending with each day of the period on which the
 *   group has a row (`ends: 'month'`: with each calendar month), the greatest measure being reported; without `months`,
 *   all before.
 */
export type Window =
  | { readonly kind: 'at_hand' }
  | { readonly kind: 'day'; readonly atHand?: 'included' | 'excluded' }
  | { readonly kind: 'month'; readonly atHand?: 'included' | 'excluded' }
  | { readonly kind: 'period' }
  | {
      readonly kind: 'rolling'
      readonly months?: Expression
      readonly atHand?: 'included' | 'excluded'
      readonly ends?: 'day' | 'month'
    }

/**
 * What the measure is held against. No base: cannot be judged.
 * - `pooled`: sum over sum of all groups of the city that agree in `keep`, own included (city rate, own average).
 * - `other_rows`: the same group's measure over other rows (`filter` instead of the definition's `measured`).
 * - `others_average`: mean of the other groups of the city that agree in `keep`, own excluded.
 * - `last_year_monthly_average`: the group's total of last calendar year over its months with data (rows of the filter),
 *   twelve at most.
 * - `city_last_year_average_per_group`: the city's total of last year / 12 / number of its groups of last year.
 */
export type Base =
  | { readonly kind: 'previous_month' }
  | { readonly kind: 'same_month_last_year' }
  | { readonly kind: 'last_year_monthly_average' }
  | { readonly kind: 'pooled'; readonly keep: readonly string[] }
  | { readonly kind: 'other_rows'; readonly filter: Condition }
  | { readonly kind: 'others_average'; readonly keep: readonly string[] }
  | { readonly kind: 'city_last_year_average_per_group' }

/** `>` 超过 · `>=` 以上, 达到 · `<` 小于 · `<=`. */
export type Comparison = '>' | '>=' | '<' | '<='

/**
 * Unit of the comparison. `percent_growth` = (measured − base) / base × 100; `percentage_points` = measured − base of
 * two rates; the others compare the measure itself.
 */
export type Unit =
  | 'count'
  | 'percent_share'
  | 'percentage_points'
  | 'percent_growth'
  | 'working_days'
  | 'months'
  | 'minutes'

/** A second test of the same group: `either` suffices, or `both` must hold. */
export interface AlsoTest {
  readonly how: 'either' | 'both'
  /** Rows of this test instead of `measured` (post-hoc). */
  readonly filter?: Condition
  /** Window of this test instead of the definition's (in-process). */
  readonly window?: Window
  readonly comparison: Comparison
  readonly threshold: Expression
}

/** A parameter: default, and its words for the console. `null` = unset. */
export interface ParameterSpec {
  readonly default: number | string | readonly string[] | null
  readonly titleZh: string
}

/** When an in-process indicator is evaluated. */
export interface Trigger {
  /** `external_check` is evaluated at acceptance as well, after the answers have been written. */
  readonly event: 'accept' | 'amendment' | 'information_change' | 'external_check'
  readonly businessKinds: readonly string[]
  readonly reasons?: readonly string[]
  /** A further condition on the transaction at hand. */
  readonly when?: Condition
}

/** One indicator. */
export interface IndicatorDefinition {
  readonly code: string
  readonly mode: 'in_process' | 'post_hoc'
  /** vehicle, owner, driver, agent, institution, exam_site … */
  readonly subject: string
  readonly titleZh: string
  /** What it says, in one Chinese sentence. */
  readonly sentence: string
  readonly legalBasis?: string
  readonly trigger?: Trigger
  readonly schedule?: 'daily' | 'monthly'
  readonly source: Source
  /** Instant that places a row in the window; default `<source>.occurred_at`. */
  readonly time?: Expression
  readonly filter?: Condition
  /** Rows of other facts that count like those of the source (either of two events); only where rows are counted. */
  readonly further?: readonly FurtherRows[]
  /** Rows that are measured among those of the filter (the base may take others); default all. */
  readonly measured?: Condition
  readonly dimensions?: readonly Dimension[]
  /** The group's rows lie in any unit: the city is no part of the group (post-hoc). */
  readonly allUnits?: boolean
  readonly window: Window
  readonly measure: Measure
  readonly base?: Base
  readonly comparison: Comparison
  readonly unit: Unit
  readonly threshold: Expression
  readonly also?: AlsoTest
  readonly parameters: Readonly<Record<string, ParameterSpec>>
  readonly minimumSample: number
  readonly effect: 'prompt' | 'authorise' | 'finding'
  /**
   * In-process: unless this holds the transaction at hand cannot be judged (an unknown region, say). Post-hoc: a group
   * with rows of which it does not hold is not judged (`unknown`) unless what is known of it fires.
   */
  readonly judgedWhen?: Condition
  /** Asked of an outside system: when it could not answer, and which parameter (prompt | stop | pass) then decides. */
  readonly unavailable?: { readonly when: Condition; readonly fallback: string }
  /** Subjects whose counters decide: locked before evaluation so that two windows cannot both see one too few. */
  readonly locks?: readonly LockSubject[]
  /** Conditions on the source of which at least one row must exist in all the data, else: fields missing. */
  readonly requires?: readonly Condition[]
  /** Plain Chinese with {measured}, {base}, {deviation}, {threshold}, {sample}, {period}, {P:name}, {D:name}, {N:part}, {H:measured} (minutes as hours). */
  readonly explanation: string
}

/** What an advisory lock may be taken on. */
export type LockSubject = 'vehicle' | 'person' | 'organisation' | 'agent' | 'mobile'

/** Values of parameters by name. */
export type ParameterValues = Readonly<Record<string, number | string | readonly string[] | null>>
