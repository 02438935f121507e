/** What a change of a setting changes, in words. Pure. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import type { ParameterValue } from '../records.ts'
import { parametersOf } from './parameters.ts'

interface SettingValues {
  readonly enabled: boolean | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly tightenOnly: readonly string[] | null
}

/** One thing that differs. */
interface Difference {
  readonly name: string
  readonly title: string
  readonly from: string
  readonly to: string
}

const NOTHING: SettingValues = { enabled: null, parameters: {}, tightenOnly: null }
const INHERITED = '沿用上级'

const switchWords = (enabled: boolean | null) => (enabled === null ? INHERITED : enabled ? '启用' : '停用')

const valueWords = (value: ParameterValue | undefined): string => {
  if (value === undefined) return INHERITED
  if (value === null) return '未设'
  return typeof value === 'object' ? value.join('、') || '空' : String(value)
}

/** Differences from `before` (null = the unit had no setting) to `after`, in the order of the definition. */
export function settingDifferences(
  definition: IndicatorDefinition,
  before: SettingValues | null,
  after: SettingValues,
): Difference[] {
  const old = before ?? NOTHING
  const lines: Difference[] = [
    { name: 'enabled', title: '启停', from: switchWords(old.enabled), to: switchWords(after.enabled) },
  ]
  for (const { name, title } of parametersOf(definition)) {
    lines.push({
      name,
      title,
      from: valueWords(old.parameters[name]),
      to: valueWords(after.parameters[name]),
    })
    const tightened = (values: SettingValues) => (values.tightenOnly?.includes(name) ? '是' : '否')
    lines.push({
      name: `tightenOnly.${name}`,
      title: `${title}：下级只可收紧`,
      from: tightened(old),
      to: tightened(after),
    })
  }
  return lines.filter(({ from, to }) => from !== to)
}

/** What a change of a second threshold changes; revision 0: the unit had none of its own. */
export function secondThresholdDifference(change: {
  revision: number
  pushFrom: number | null
  pushTo: number | null
}): Difference {
  const words = (value: number | null) => (value === null ? '不推送' : String(value))
  return {
    name: 'pushThreshold',
    title: '第二阈值',
    from: change.revision === 0 ? INHERITED : words(change.pushFrom),
    to: words(change.pushTo),
  }
}
