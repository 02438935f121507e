/** What a caller asks of a theme, checked: within their scope, bounded, in words that the theme has. */
import type { Actor } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { supervisionErrors } from '../errors.ts'
import type { Period } from '../rules/period.ts'
import { refuseOutside } from '../unit-paths.ts'
import { type Theme, type ThemePart, themes } from './themes.ts'

/** Longest period of one question. */
const MOST_YEARS = 5

/** Values of a dimension that facts must have. */
export interface ThemeFilter {
  readonly dimension: string
  readonly value: string
}

export interface ThemeQuestion {
  readonly theme: Theme
  readonly period: Period
  readonly unitPath: string
  readonly filters: readonly ThemeFilter[]
}

/** Throws `forbidden` for a unit outside the scope, `unknown_theme`, and `invalid_input` naming what does not fit. */
export function readQuestion(
  actor: Actor,
  input: {
    theme: string
    from: string
    to: string
    unitPath?: string | undefined
    where?: string[] | undefined
  },
): ThemeQuestion {
  const theme = themes.find(({ code }) => code === input.theme)
  if (!theme) throw new Problem(supervisionErrors.unknown_theme)
  const unitPath = input.unitPath ?? actor.unitPath
  refuseOutside(actor, unitPath)
  const latest = Temporal.PlainDate.from(input.from).add({ years: MOST_YEARS }).toString()
  const filters = (input.where ?? []).map((each) => {
    const at = each.indexOf(':')
    return { dimension: each.slice(0, at), value: each.slice(at + 1) }
  })
  refuse([
    input.to < input.from && { path: 'to', message: '结束日期不能早于开始日期' },
    input.to >= latest && { path: 'to', message: `期间不能超过 ${MOST_YEARS} 年` },
    ...filters.map(
      ({ dimension }, i) =>
        !hasDimension(theme, dimension) && { path: `where.${i}`, message: '该专题没有这个维度' },
    ),
  ])
  return { theme, period: { from: input.from, to: input.to }, unitPath, filters }
}

/** Throws `invalid_input` with the faults among these. */
export function refuse(issues: readonly (false | { path: string; message: string })[]): void {
  const found = issues.filter((each) => each !== false)
  if (found.length > 0) throw new Problem(platformErrors.invalid_input, { issues: found })
}

export const hasDimension = (theme: Theme, dimension: string): boolean =>
  (theme.dimensions as readonly string[]).includes(dimension)

/** Expression of a dimension over the columns of a part's fact, as text; '' where a fact has none. */
export const valueIn = (part: ThemePart, dimension: string): string =>
  `coalesce(CAST(${part.dimensions[dimension] ?? 'NULL'} AS VARCHAR), '')`
