/** What closed cases say of a threshold, band by band, and the suggestion that a person may take up (SUP-22). */
import type { ThresholdAdviceView } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, DatePicker, Skeleton, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { formatCount, today } from '../../../formats.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { useNarrow } from '../../../parts/use-narrow.ts'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys, useSupervisionMoved } from '../api.ts'
import { formatMeasure, formatThreshold } from '../labels.ts'

interface Asked {
  readonly from: string
  readonly to: string
  readonly unitPath?: string
  readonly code?: string
}

const useAdvice = (asked: Asked, enabled = true) =>
  useQuery({
    queryKey: [...supervisionKeys.counts, 'advice', asked],
    queryFn: async () => (await supervision.findThresholdAdvice(asked)).items,
    enabled,
  })

const lastYear = () => ({ from: dayjs(today()).subtract(1, 'year').format('YYYY-MM-DD'), to: today() })

/** What the last year says of the unit's own threshold; undefined while it is read, and where there is nothing to say. */
export function useOwnAdvice(
  code: string,
  unitPath: string,
  enabled: boolean,
): ThresholdAdviceView | undefined {
  const can = useCan()
  const { data } = useAdvice({ ...lastYear(), code, unitPath }, enabled && can('supervision.case.find'))
  return data?.find((row) => row.unitPath === unitPath)
}

const VERDICTS: Readonly<Record<ThresholdAdviceView['verdict'], string>> = {
  better: '建议调整',
  too_few: '数量太少',
  nothing_right: '全部误报',
  barred: '上级限制',
  nearest_right: '可能偏松',
  keep: '维持现值',
}
type Precision = ThresholdAdviceView['before']

const percent = ({ precision, range }: Precision): string =>
  precision === null || range === null
    ? '—'
    : `${formatCount(precision)}%（${formatCount(range.from)}%～${formatCount(range.to)}%）`

const COUNTS = [
  { title: '已办结', align: 'right' as const, render: (_: unknown, row: Precision) => row.decided },
  { title: '属实', align: 'right' as const, render: (_: unknown, row: Precision) => row.confirmed },
  { title: '情况存在', align: 'right' as const, render: (_: unknown, row: Precision) => row.valuable },
  { title: '误报', align: 'right' as const, render: (_: unknown, row: Precision) => row.falsePositive },
]

/** Of one indicator for one unit, over a span that may be chosen. */
export function ThresholdAdvicePanel({ code, unitPath }: { code: string; unitPath: string }) {
  const [period, setPeriod] = useState(lastYear)
  const { data, error, isPending, refetch } = useAdvice({ ...period, code, unitPath })
  const own = data?.find((row) => row.unitPath === unitPath)
  const below = data?.filter((row) => row !== own) ?? []
  return (
    <Panel
      title="阈值建议"
      extra={
        <DatePicker.RangePicker
          size="small"
          allowClear={false}
          value={[dayjs(period.from), dayjs(period.to)]}
          onChange={(_, [from, to]) => setPeriod({ from, to })}
        />
      }
    >
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {isPending ? (
        <Skeleton active paragraph={{ rows: 2 }} />
      ) : own ? (
        <Advice advice={own} period={period} />
      ) : (
        !error && <span className="hj-muted">这段时间没有可供衡量的研判结果。</span>
      )}
      {below.length > 0 && (
        <p className="hj-muted" style={{ marginBottom: 0 }}>
          自行设定阈值的下级单独衡量：
          {below.map((row) => (
            <Link
              key={row.unitPath}
              to={`/indicators/${code}?unitPath=${encodeURIComponent(row.unitPath)}`}
              style={{ marginInlineEnd: 12 }}
            >
              {row.unitName ?? row.unitPath}（{VERDICTS[row.verdict]}）
            </Link>
          ))}
        </p>
      )}
    </Panel>
  )
}

function Advice({ advice, period }: { advice: ThresholdAdviceView; period: Asked }) {
  const { bands, before, better, beyond, comparison, undecided, unit } = advice
  return (
    <>
      <p style={{ marginTop: 0 }}>
        {better && (
          <>
            <Tag color="warning">建议</Tag>
            <strong>
              {formatThreshold(comparison, advice.threshold, unit)} →{' '}
              {formatThreshold(comparison, better.value, unit)}
            </strong>{' '}
          </>
        )}
        {advice.sentence}
      </p>
      {better && (
        <p>
          <AcceptAdvice advice={advice} period={period} />
        </p>
      )}
      {bands.length > 0 && (
        <Table<Precision & { from: number; to: number }>
          size="small"
          rowKey="from"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={bands}
          columns={[
            {
              title: '比较的值（由近及远）',
              render: (_, { from, to }) =>
                from === to
                  ? formatMeasure(from, unit)
                  : `${formatMeasure(from, unit)} ～ ${formatMeasure(to, unit)}`,
            },
            ...COUNTS,
            { title: '准确率（95% 区间）', align: 'right', render: (_, row) => percent(row) },
          ]}
          summary={() => (
            <Table.Summary.Row>
              {['合计', before.decided, before.confirmed, before.valuable, before.falsePositive].map(
                (value, at) => (
                  <Table.Summary.Cell
                    key={COUNTS[at - 1]?.title ?? 'all'}
                    index={at}
                    {...(at > 0 ? { align: 'right' as const } : {})}
                  >
                    {value}
                  </Table.Summary.Cell>
                ),
              )}
              <Table.Summary.Cell index={5} align="right">
                {percent(before)}
              </Table.Summary.Cell>
            </Table.Summary.Row>
          )}
        />
      )}
      <p className="hj-muted hj-small" style={{ marginBottom: 0 }}>
        按已办结的嫌疑业务计，同一嫌疑业务的多项结果计一次；准确率为属实与情况存在所占比例。
        {undecided > 0 && `另有 ${undecided} 项结果未查结，不计。`}
        {beyond > 0 && `另有 ${beyond} 件按现行阈值不会出现，不计。`}
        建议值由同一批业务得出，实际效果通常略低；只建议放宽，不推测更严的阈值。
      </p>
    </>
  )
}

function AcceptAdvice({ advice, period: { from, to } }: { advice: ThresholdAdviceView; period: Asked }) {
  const [open, setOpen] = useState(false)
  const moved = useSupervisionMoved()
  const can = useCan()
  const { message } = App.useApp()
  if (!advice.better || !can('supervision.indicator.update')) return null
  const { code, unitPath, title } = advice
  const { value } = advice.better
  return (
    <>
      <Button type="primary" size="small" onClick={() => setOpen(true)}>
        采纳建议
      </Button>
      <ReasonDialog
        open={open}
        title={`采纳 ${code} ${title} 的阈值建议`}
        effect={`${advice.unitName ?? unitPath}：${advice.sentence}以上数字随调整一并保存。须第二人批准的，批准前原值有效。`}
        seenBy="本机构及下级机构的监管人员、系统管理员、审计管理员"
        okText="采纳"
        onCancel={() => setOpen(false)}
        onSubmit={async (reason) => {
          const saved = await supervision.acceptThresholdAdvice({ code, unitPath, from, to, value, reason })
          message.success(saved.pendingChange ? '已提交，待第二人批准，批准前原值有效' : '已按建议调整')
          setOpen(false)
          await moved()
        }}
      />
    </>
  )
}

/** Of all indicators with findings: which thresholds are worth a look. Those with a suggestion come first. */
export function AdviceTable({ from, to, unitPath }: Asked) {
  const narrow = useNarrow()
  const asked = { from, to, ...(unitPath ? { unitPath } : {}) }
  const { data = [], error, isPending, refetch } = useAdvice(asked)
  const rows = data
    .filter(({ before }) => before.decided > 0)
    .sort((a, b) => Number(b.better !== null) - Number(a.better !== null))
  if (isPending) return <Skeleton active />
  return (
    <>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <Table<ThresholdAdviceView>
        size="small"
        rowKey={(row) => `${row.code} ${row.unitPath}`}
        pagination={{ pageSize: 10, hideOnSinglePage: true }}
        locale={{ emptyText: '所选范围内没有已办结的嫌疑业务' }}
        dataSource={rows}
        showHeader={!narrow}
        columns={
          narrow
            ? [
                {
                  key: 'all',
                  render: (_, row) => (
                    <>
                      <IndicatorLink row={row} />
                      <div className="hj-muted">{row.unitName ?? row.unitPath}</div>
                      <div>
                        阈值 <Thresholds row={row} />
                        ，准确率 <Precisions row={row} />
                      </div>
                      <Suggestion row={row} period={asked} />
                    </>
                  ),
                },
              ]
            : [
                { title: '指标', width: '20%', render: (_, row) => <IndicatorLink row={row} /> },
                { title: '机构', width: '14%', render: (_, row) => row.unitName ?? row.unitPath },
                { title: '阈值', width: '12%', render: (_, row) => <Thresholds row={row} /> },
                { title: '准确率', width: '14%', render: (_, row) => <Precisions row={row} /> },
                { title: '建议', render: (_, row) => <Suggestion row={row} period={asked} /> },
              ]
        }
      />
    </>
  )
}

type Row = { row: ThresholdAdviceView }

const IndicatorLink = ({ row }: Row) => (
  <Link to={`/indicators/${row.code}?unitPath=${encodeURIComponent(row.unitPath)}`}>
    {row.code} {row.title}
  </Link>
)

const Thresholds = ({ row: { better, comparison, threshold, unit } }: Row) => (
  <>
    {formatThreshold(comparison, threshold, unit)}
    {better && <strong> → {formatMeasure(better.value, unit)}</strong>}
  </>
)

const Precisions = ({ row: { before, better } }: Row) => (
  <>
    {formatCount(before.precision)}%{better && <strong> → {formatCount(better.after.precision)}%</strong>}
    <span className="hj-muted">（{before.decided} 件）</span>
  </>
)

const Suggestion = ({ row, period }: Row & { period: Asked }) => (
  <>
    <Tag color={row.better ? 'warning' : 'default'}>{VERDICTS[row.verdict]}</Tag>
    <span className="hj-small">{row.sentence}</span>
    {row.better && (
      <div style={{ marginTop: 4 }}>
        <AcceptAdvice advice={row} period={period} />
      </div>
    )}
  </>
)
