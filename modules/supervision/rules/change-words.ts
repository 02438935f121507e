/** Why a judgment may differ from the one before, in words. Pure. */
import { factLabel } from '../labels.ts'
import type { ChangeCause } from '../records.ts'

/** Facts named one by one; more are counted. */
const NAMED = 6

/** One sentence for a cause. `unitName` gives a unit's name by its path. */
export function causeWords(cause: ChangeCause, unitName: (path: string) => string): string {
  switch (cause.kind) {
    case 'facts': {
      const rows = cause.facts.reduce((sum, each) => sum + each.rows, 0)
      const named = cause.facts
        .slice(0, NAMED)
        .map(({ fact, month, rows }) => `${factLabel(fact)}${month === 'all' ? '' : ` ${month}`} ${rows} 条`)
      const more = cause.facts.length > NAMED ? `等 ${cause.facts.length} 项，共 ${rows} 条` : ''
      return `新到或更正的数据：${named.join('、')}${more}`
    }
    case 'settings': {
      const last = cause.settings.at(-1)!
      const more = cause.settings.length > 1 ? `等 ${cause.settings.length} 次` : ''
      return `阈值或参数调整：${unitName(last.unitPath)}，${last.changedByName}${more}`
    }
    case 'version':
      return `指标定义从第 ${cause.from} 版改为第 ${cause.to} 版`
    case 'regions':
      return '本地区划范围有调整'
    case 'calendar':
      return '工作日历有调整'
  }
}
