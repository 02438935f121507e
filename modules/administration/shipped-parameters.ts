/** Parameters that more than one module reads. */
import type { RequestContext } from '@hengjian/platform/context'
import type { ParameterDefinition, ParameterReader } from './parameters.ts'

const SPAN = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/

export const shippedParameters: readonly ParameterDefinition[] = [
  {
    code: 'business.office_hours',
    title: '办公时间',
    description: '工作日对外办公的时段，形如 08:30-12:00；时段之外办理的业务视为非工作时间办理',
    type: 'list',
    min: 1,
    max: 6,
    pattern: SPAN,
    default: ['08:30-12:00', '13:30-17:30'],
    level: 'unit',
  },
  {
    code: 'files.unreferenced_days',
    title: '无人引用文件的保留天数',
    description: '上传后没有任何记录引用的文件，超过这个天数后由每日清理任务删除',
    type: 'number',
    measure: '天',
    min: 1,
    max: 365,
    default: 7,
    level: 'installation',
  },
  {
    code: 'platform.export_rows',
    title: '一次导出的最多行数',
    description: '列表导出超过此数即不予导出，须缩小筛选范围；XLSX 一张表最多 1,048,575 行',
    type: 'number',
    min: 1,
    max: 1_000_000,
    default: 100_000,
    level: 'unit',
  },
]

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

/** Office hours of a unit as minutes of the day, from and until. */
export async function officeHoursOf(
  reader: ParameterReader,
  ctx: RequestContext,
  unitPath: string,
): Promise<(readonly [from: number, until: number])[]> {
  const spans = (await reader.valueOf(ctx, 'business.office_hours', unitPath)) as string[]
  return spans.map((span) => {
    const [from, until] = span.split('-') as [string, string]
    return [minutesOf(from), minutesOf(until)] as const
  })
}
