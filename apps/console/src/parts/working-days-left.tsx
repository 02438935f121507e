/** How long is left until something is due, in the words of a deadline. */
import { ClockCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons'
import { Tag, Tooltip } from 'antd'
import { formatInstant } from '../formats.ts'
import { useWorkingDaysUntil } from '../working-days.ts'

const HOUR = 3_600_000

/** In working days of the agency's calendar; by the clock, in hours and days, where the calendar may not be read. */
export function WorkingDaysLeft({
  dueAt,
  ended = false,
  compact = false,
}: {
  dueAt: string | null | undefined
  ended?: boolean
  /** In a queue, where every millimetre counts. */
  compact?: boolean
}) {
  const workingDays = useWorkingDaysUntil(ended ? null : dueAt)
  if (!dueAt) return <span className="hj-muted">—</span>
  if (ended) return <span className="hj-nowrap">{formatInstant(dueAt)}</span>
  const left = new Date(dueAt).getTime() - Date.now()
  const late = left < 0
  const soon = !late && left < 24 * HOUR
  return (
    <Tooltip title={`应于 ${formatInstant(dueAt)} 前办结`}>
      <Tag
        color={late ? 'error' : soon ? 'warning' : 'default'}
        icon={compact ? null : late ? <ExclamationCircleOutlined /> : <ClockCircleOutlined />}
        style={{ marginInlineEnd: 0 }}
      >
        {words(left, workingDays)}
      </Tag>
    </Tooltip>
  )
}

function words(left: number, workingDays: number | null): string {
  const late = left < 0
  if (workingDays !== null) {
    if (late) return workingDays === 0 ? '已超期' : `超期 ${-workingDays} 个工作日`
    return workingDays === 0 ? '今日到期' : `余 ${workingDays} 个工作日`
  }
  const hours = Math.abs(left) / HOUR
  const span =
    hours < 1
      ? `${Math.ceil(hours * 60)} 分钟`
      : hours < 48
        ? `${Math.floor(hours)} 小时`
        : `${Math.floor(hours / 24)} 天`
  return late ? `超期 ${span}` : `余 ${span}`
}
