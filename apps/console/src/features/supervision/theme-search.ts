/** What of a theme is looked at, as it stands in the address; the page of figures and that of records share it. */
import dayjs from 'dayjs'
import { today } from '../../formats.ts'

export const STEPS = { month: '按月', week: '按周', day: '按日' } as const

export interface ThemeSearch {
  readonly theme: string
  readonly from: string
  readonly to: string
  readonly unitPath: string
  /** `dimension:value` */
  readonly where: readonly string[]
}

/** Between conditions in the address; no code or id has it. */
const BETWEEN = '~'

/** The twelve whole months before this one: they can be compared. */
function lastTwelveMonths(): { from: string; to: string } {
  const month = dayjs(today()).startOf('month')
  const day = 'YYYY-MM-DD'
  return { from: month.subtract(1, 'year').format(day), to: month.subtract(1, 'day').format(day) }
}

/** The address read, with what holds unless told: the last twelve months and the reader's own unit. */
export function readThemeSearch(search: Readonly<Record<string, string>>, ownUnit: string): ThemeSearch {
  const usual = lastTwelveMonths()
  return {
    theme: search['theme'] ?? 'vehicle',
    from: search['from'] ?? usual.from,
    to: search['to'] ?? usual.to,
    unitPath: search['unitPath'] ?? ownUnit,
    where: search['where']?.split(BETWEEN) ?? [],
  }
}

/** The other way: what stands in the address. */
export const writeThemeSearch = ({ where, ...rest }: ThemeSearch): Record<string, string> => ({
  ...rest,
  ...(where.length > 0 ? { where: where.join(BETWEEN) } : {}),
})

/** What is asked of the operations. */
export const askedOf = ({ theme, from, to, unitPath, where }: ThemeSearch) => ({
  theme,
  from,
  to,
  unitPath,
  ...(where.length > 0 ? { where: [...where] } : {}),
})
