/** Why an indicator fired, as data: stored with each hit, so that it can be read long after (SUP-10). */
import type { Evidence, InProcessRow } from './compile-in-process.ts'
import type { PostHocRow } from './compile-post-hoc.ts'
import type { Comparison, IndicatorDefinition, ParameterValues, Unit } from './definition.ts'
import { partColumn } from './measures.ts'

/** What was found against what, under which parameters, and the facts behind it. */
export interface Explanation {
  /** One plain Chinese sentence. */
  readonly sentence: string
  readonly indicator: {
    readonly code: string
    readonly title: string
    readonly definition: string
    readonly legalBasis: string | null
  }
  readonly status: InProcessRow['status']
  readonly scope: { readonly unitPath: string | null; readonly city: string | null }
  readonly period: string | null
  readonly measured: number | null
  readonly base: number | null
  readonly deviation: number | null
  readonly threshold: number | null
  readonly also: {
    readonly measured: number | null
    readonly comparison: Comparison
    readonly threshold: number | null
  } | null
  readonly comparison: Comparison
  readonly unit: Unit
  readonly sample: number | null
  readonly minimumSample: number
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly title: string
    readonly value: ParameterValues[string]
  }>
  readonly dimensions: ReadonlyArray<{
    readonly name: string
    readonly title: string
    readonly value: string
  }>
  readonly facts: readonly Evidence[]
  /** Plain Chinese remarks: why it was not judged, that an outside system did not answer. */
  readonly notes: readonly string[]
}

/** Names to show instead of ids in the sentence, by dimension. */
export type DimensionLabels = Readonly<Record<string, string>>

const UNJUDGED = {
  no_base: '没有可比较的基数，不能判定。',
  small_sample: '样本量不足，不作判定。',
  no_threshold: '未设定阈值，不作判定。',
  unknown: '资料不全，不能判定。',
} as const

const FALLBACK: Record<string, string> = {
  prompt: '外部核查未能答复，按设定提示经办人。',
  stop: '外部核查未能答复，按设定暂停办理，须经授权。',
  pass: '外部核查未能答复，按设定放行。',
}

/** Numbers as people read them: at most two decimals. */
const shown = (value: unknown): string =>
  typeof value === 'number'
    ? String(Math.round(value * 100) / 100)
    : value === null || value === undefined
      ? '—'
      : String(value)

/**
 * Explain one answer. `parameters` are the values in force (defaults are filled in), `facts` those of the drill-down for
 * a post-hoc row; an in-process row brings its own.
 */
export function explain(
  definition: IndicatorDefinition,
  row: InProcessRow | PostHocRow,
  parameters: ParameterValues = {},
  {
    labels = {},
    facts = [],
  }: { readonly labels?: DimensionLabels; readonly facts?: readonly Evidence[] } = {},
): Explanation {
  const inProcess = 'status' in row && definition.mode === 'in_process'
  const post = inProcess ? null : (row as PostHocRow)
  const values = Object.entries(definition.parameters).map(([name, spec]) => ({
    name,
    title: spec.titleZh,
    value: parameters[name] ?? spec.default,
  }))
  const status = inProcess
    ? (row as InProcessRow).status
    : post!.fired
      ? ('fired' as const)
      : post!.judged
        ? ('clear' as const)
        : ('cannot_judge' as const)
  return {
    sentence: sentenceOf(definition, row, values, labels),
    indicator: {
      code: definition.code,
      title: definition.titleZh,
      definition: definition.sentence,
      legalBasis: definition.legalBasis ?? null,
    },
    status,
    scope: { unitPath: post?.unit_path ?? null, city: post?.city ?? null },
    period: post?.period ?? null,
    measured: row.measured,
    base: row.base,
    deviation: post?.deviation ?? null,
    threshold: row.threshold,
    also: definition.also
      ? { measured: row.also_measured, comparison: definition.also.comparison, threshold: row.also_threshold }
      : null,
    comparison: definition.comparison,
    unit: definition.unit,
    sample: post?.sample ?? null,
    minimumSample: post?.minimum_sample ?? definition.minimumSample,
    parameters: values,
    dimensions: (definition.dimensions ?? []).flatMap((d) =>
      typeof post?.[d.name] === 'string'
        ? [{ name: d.name, title: d.titleZh ?? d.name, value: post[d.name] as string }]
        : [],
    ),
    facts: inProcess ? ((row as InProcessRow).evidence ?? []) : facts,
    notes: notesOf(definition, row),
  }
}

/** A period in words: `2026-10` 2026年10月, `2026-10-01..2026-12-31` 2026-10-01至2026-12-31, a day as it is. */
const spoken = (period: string): string =>
  period.replace(/^(\d{4})-0?(\d{1,2})$/, '$1年$2月').replace('..', '至')

function sentenceOf(
  definition: IndicatorDefinition,
  row: InProcessRow | PostHocRow,
  values: ReadonlyArray<{ name: string; value: ParameterValues[string] }>,
  labels: DimensionLabels,
): string {
  const fields = row as unknown as Record<string, unknown>
  return definition.explanation.replaceAll(/\{([^}]*)\}/g, (_, token: string) => {
    if (token.startsWith('P:')) {
      const value = values.find((v) => v.name === token.slice(2))?.value
      return Array.isArray(value) ? value.join('、') : shown(value)
    }
    if (token === 'period') return spoken(String(fields['period']))
    if (token.startsWith('N:')) return shown(fields[partColumn(token.slice(2))])
    if (token.startsWith('H:')) return shown(Number(fields[token.slice(2)]) / 60)
    if (token.startsWith('D:')) return labels[token.slice(2)] ?? shown(fields[token.slice(2)])
    return shown(fields[token])
  })
}

function notesOf(definition: IndicatorDefinition, row: InProcessRow | PostHocRow): string[] {
  const notes: string[] = []
  if ('unjudged' in row && row.unjudged) notes.push(UNJUDGED[row.unjudged as keyof typeof UNJUDGED])
  if ('fallback' in row && row.fallback) notes.push(FALLBACK[String(row.fallback)] ?? '外部核查未能答复。')
  if ('status' in row && row.status === 'cannot_judge') notes.push('资料不全，不能判定。')
  if (definition.base?.kind === 'last_year_monthly_average' && 'base_denominator' in row) {
    const months = row.base_denominator
    if (months !== null && months > 0 && months < 12)
      notes.push(`去年仅${months}个月有数据，按${months}个月平均。`)
  }
  if (definition.base?.kind === 'pooled') notes.push('基数为合并计算（总数相除），含本身。')
  if (definition.base?.kind === 'others_average') notes.push('基数为其他机构平均，不含本身。')
  return notes
}
