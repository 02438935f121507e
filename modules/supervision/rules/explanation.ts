/** The explanation stored with a hit. Pure. */
import {
  type Evidence,
  explain,
  type IndicatorDefinition,
  type InProcessRow,
  type ParameterValues,
  type PostHocRow,
} from '@hengjian/indicators'
import type { StoredEvidence, StoredExplanation } from '../records.ts'

/**
 * Explain a row as it will be stored. `evidence` gives what is known of each fact that counted; `labels` are names of
 * dimension values (a site, a school) to show instead of ids.
 */
export function explanationOf(
  definition: IndicatorDefinition,
  row: InProcessRow | PostHocRow,
  values: ParameterValues,
  version: number,
  evidence: (fact: Evidence) => StoredEvidence | undefined,
  labels: Readonly<Record<string, string>> = {},
): StoredExplanation {
  const { facts, dimensions, ...rest } = explain(definition, row, values, { labels })
  return {
    ...rest,
    // Nothing was found when nobody answered: the sentence must not say that it was.
    sentence: rest.status === 'unavailable' ? `${definition.titleZh}：${rest.notes.join('')}` : rest.sentence,
    version,
    dimensions: dimensions.map((each) => ({ ...each, label: labels[each.name] ?? each.value })),
    evidence: facts.flatMap((fact) => evidence(fact) ?? []),
  }
}
