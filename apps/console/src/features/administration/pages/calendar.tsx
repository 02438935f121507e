/** The working calendar of a year: twelve months at a glance, each day with its notice. */
import { LeftOutlined, RightOutlined, UploadOutlined } from '@ant-design/icons'
import type { CalendarDayView } from '@hengjian/administration/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Skeleton, Space } from 'antd'
import { useState } from 'react'
import { today } from '../../../formats.ts'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { useCan } from '../../../session.ts'
import { administration, administrationKeys } from '../api.ts'
import { CalendarDayDialog } from '../components/calendar-day-dialog.tsx'
import { CsvImport } from '../components/csv-import.tsx'

const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日']

export function CalendarPage() {
  const can = useCan()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { year?: string }
  const year = Number(search.year ?? today().slice(0, 4))
  const [day, setDay] = useState<CalendarDayView | null>(null)
  const [importing, setImporting] = useState(false)
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...administrationKeys.calendar, year],
    queryFn: () => administration.getCalendar({ year }),
  })
  const editable = can('administration.calendar.update')
  const go = (to: number): void => {
    void navigate({ to: '.', search: { year: String(to) } as never, replace: true })
  }
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>工作日历</h1>
        <Space size={4}>
          <Button aria-label="上一年" icon={<LeftOutlined />} onClick={() => go(year - 1)} />
          <strong className="hj-num" style={{ fontSize: 16 }}>
            {year} 年
          </strong>
          <Button aria-label="下一年" icon={<RightOutlined />} onClick={() => go(year + 1)} />
        </Space>
        {data && <span className="hj-muted">全年 {data.workingDays} 个工作日</span>}
        <div className="hj-actions">
          {editable && (
            <Button icon={<UploadOutlined />} onClick={() => setImporting(true)}>
              导入放假通知
            </Button>
          )}
        </div>
      </div>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data?.provisional && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 12 }}
          title={`${year} 年的放假通知尚未收录，暂按双休日计算。请在通知发布后导入。`}
        />
      )}
      <p className="hj-muted">
        “休”为法定节假日或调休放假，“班”为周末调休上班；带下划线的日子由人工设定。
        {editable && '点选某一天可调整。'}
      </p>
      {isPending && <Skeleton active />}
      <div className="hj-months">
        {data &&
          Array.from({ length: 12 }, (_, month) => (
            <Month
              key={month}
              month={month + 1}
              days={data.days.filter((one) => Number(one.day.slice(5, 7)) === month + 1)}
              onPick={editable ? setDay : undefined}
            />
          ))}
      </div>
      {day && <CalendarDayDialog day={day} onClose={() => setDay(null)} />}
      <CsvImport
        open={importing}
        title="导入放假通知"
        hint="首行为 day,kind,name；kind 为 working（上班）或 rest（休息）。有一行有误则全部不导入。"
        onClose={() => setImporting(false)}
        onImport={async (csv, reason, values) => {
          const answer = await administration.importCalendar({
            csv,
            reason,
            noticeNumber: values['noticeNumber'] as string,
          })
          return {
            key: administrationKeys.calendar,
            words: `已导入 ${answer.days} 天（${answer.years.join('、')} 年）`,
          }
        }}
      >
        <Form.Item name="noticeNumber" label="通知文号" rules={[{ required: true, message: '请填写文号' }]}>
          <Input maxLength={60} placeholder="如 国办发明电〔2025〕7号" />
        </Form.Item>
      </CsvImport>
    </div>
  )
}

function Month({
  month,
  days,
  onPick,
}: {
  month: number
  days: readonly CalendarDayView[]
  onPick: ((day: CalendarDayView) => void) | undefined
}) {
  const first = days[0] ? (new Date(`${days[0].day}T12:00:00Z`).getUTCDay() + 6) % 7 : 0
  return (
    <section className="hj-panel hj-month" aria-label={`${month} 月`}>
      <h2>{month} 月</h2>
      <div className="hj-month-grid">
        {WEEKDAYS.map((name) => (
          <span key={name} className="hj-muted hj-small">
            {name}
          </span>
        ))}
        {days.map((day, index) => (
          <DayCell key={day.day} day={day} column={index === 0 ? first + 1 : undefined} onPick={onPick} />
        ))}
      </div>
    </section>
  )
}

function DayCell({
  day,
  column,
  onPick,
}: {
  day: CalendarDayView
  column: number | undefined
  onPick: ((day: CalendarDayView) => void) | undefined
}) {
  const words = `${day.day} ${day.kind === 'rest' ? '休息' : '上班'}${day.name ? ` ${day.name}` : ''}${day.noticeNumber ? ` ${day.noticeNumber}` : ''}`
  const mark = day.source === 'weekday' ? '' : day.kind === 'rest' ? '休' : '班'
  return (
    <button
      type="button"
      title={words}
      aria-label={words}
      disabled={!onPick}
      className={`hj-day hj-day-${day.kind}${mark ? ' hj-day-marked' : ''}${day.source === 'set' ? ' hj-day-set' : ''}`}
      style={column ? { gridColumnStart: column } : {}}
      onClick={() => onPick?.(day)}
    >
      {Number(day.day.slice(8))}
      {mark && <sup>{mark}</sup>}
    </button>
  )
}
