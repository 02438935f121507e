/** How supervision is doing (监管成效): findings, the cases made of them, what was confirmed, in time or late. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { pathOf } from '../../../client.ts'
import { formatCount, today } from '../../../formats.ts'
import { BoardPage, Figures, ReportButton } from '../../../parts/board-page.tsx'
import { type ChartRow, ChartWithTable } from '../../../parts/chart-with-table.tsx'
import { Panel } from '../../../parts/detail-page.tsx'
import { ExportButton } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { AdviceTable } from '../components/threshold-advice.tsx'

interface Search {
  readonly from: string
  readonly to: string
  readonly unitPath?: string
}

export function OutcomesPage() {
  const navigate = useNavigate()
  const raw = useSearch({ strict: false }) as Partial<Search>
  const search: Search = {
    from: raw.from ?? dayjs(today()).subtract(1, 'year').format('YYYY-MM-DD'),
    to: raw.to ?? today(),
    ...(raw.unitPath ? { unitPath: raw.unitPath } : {}),
  }
  const set = (changes: { from?: string; to?: string; unitPath?: string | undefined }): void => {
    void navigate({ to: '.', search: { ...search, ...changes } as never, replace: true })
  }
  const all = useOutcomes(search, 'all')
  const total = all.data?.[0]
  const unit = search.unitPath ? { unitPath: search.unitPath } : {}
  const found = { foundFrom: search.from, foundTo: search.to, ...unit }
  const opened = { openedFrom: search.from, openedTo: search.to, ...unit }
  const figure = (
    key: string,
    label: string,
    value: number | null | undefined,
    to: string,
    filters: object,
  ) => ({
    key,
    label,
    value: all.data ? (value ?? 0) : null,
    to,
    search: filters as Record<string, string>,
  })
  const share = (key: string, label: string, value: number | null | undefined, hint: string) => ({
    key,
    label,
    value: percent(value),
    hint,
  })
  return (
    <BoardPage
      title="监管成效"
      about={`${search.from} 至 ${search.to}`}
      head={
        <>
          <UnitSelect
            by="path"
            width={220}
            value={search.unitPath}
            onChange={(unitPath) => set({ unitPath })}
          />
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(search.from), dayjs(search.to)]}
            onChange={(_, [from, to]) => set({ from, to })}
          />
          <ReportButton
            title="监管成效报告"
            path={pathOf(supervisionContract.findOutcomes)}
            asked={{ ...search }}
          />
        </>
      }
    >
      <ProblemAlert error={all.error} onRetry={() => void all.refetch()} />
      <Figures
        figures={[
          figure('findings', '研判结果', total?.findings, '/findings', found),
          figure('open', '其中待处理', total?.open, '/findings', { ...found, state: 'open' }),
          figure('inCase', '其中已登记嫌疑业务', total?.inCase, '/findings', { ...found, state: 'in_case' }),
          figure('cases', '嫌疑业务', total?.cases, '/suspect-cases', opened),
          figure('closed', '其中已办结', total?.closed, '/suspect-cases', { ...opened, state: 'closed' }),
          figure('confirmed', '其中属实', total?.confirmed, '/suspect-cases', {
            ...opened,
            outcome: 'confirmed',
          }),
          figure('overdue', '超过时限', total?.overdue, '/suspect-cases', { ...opened, overdue: 'true' }),
          share('confirmedPercent', '属实率', total?.confirmedPercent, '属实占已办结'),
          share('precisionPercent', '准确率', total?.precisionPercent, '属实与情况存在占已办结'),
          share('closedInTimePercent', '按时办结率', total?.closedInTimePercent, '时限内办结占已办结'),
          {
            key: 'averageDays',
            label: '平均办理天数',
            value: total?.averageDays == null ? '—' : `${formatCount(total.averageDays)} 天`,
            hint: '登记至办结',
          },
        ]}
      />
      <p className="hj-muted">
        研判结果按发现时间、发生机构统计；嫌疑业务按登记时间、承办机构统计；样本不足与试算的结果不计。
      </p>
      <div className="hj-board">
        <Outcomes
          search={search}
          by="month"
          title="按月趋势"
          shape="line"
          onPick={(row) => {
            const month = dayjs(`${row.key}-01`)
            set({ from: `${row.key}-01`, to: month.endOf('month').format('YYYY-MM-DD') })
          }}
        />
        <Outcomes
          search={search}
          by="code"
          title="按指标"
          shape="bars"
          onPick={(row) =>
            void navigate({
              to: '/suspect-cases',
              search: { ...opened, ...(row.key ? { code: row.key } : {}) } as never,
            })
          }
        />
        <Outcomes
          search={search}
          by="unit"
          title="按机构"
          shape="bars"
          onPick={(row) => set({ unitPath: row.key })}
        />
        <Outcomes search={search} by="code" title="指标准确率" shape="bars" rates />
        <Outcomes search={search} by="unit" title="机构办理质量" shape="bars" rates />
      </div>
      <Panel
        title="阈值建议"
        extra={
          <ExportButton
            title="阈值建议"
            path={pathOf(supervisionContract.findThresholdAdvice)}
            asked={() => ({ ...search, columns: ADVICE_COLUMNS })}
          />
        }
      >
        <AdviceTable {...search} />
      </Panel>
    </BoardPage>
  )
}

const ADVICE_COLUMNS = [
  'indicator',
  'unit',
  'threshold',
  'suggested',
  'decided',
  'confirmed',
  'valuable',
  'falsePositive',
  'undecided',
  'precision',
  'precisionAfter',
  'sentence',
]

type By = 'code' | 'unit' | 'month' | 'all'

function useOutcomes(search: Search, by: By) {
  return useQuery({
    queryKey: [...supervisionKeys.counts, 'outcomes', by, search],
    queryFn: async () => (await supervision.findOutcomes({ ...search, by })).items,
  })
}

const COUNTS = [
  { key: 'findings', title: '研判结果' },
  { key: 'cases', title: '嫌疑业务' },
  { key: 'closed', title: '已办结' },
  { key: 'confirmed', title: '属实' },
  { key: 'valuable', title: '情况存在', tableOnly: true },
  { key: 'falsePositive', title: '误报', tableOnly: true },
  { key: 'overdue', title: '超期', tableOnly: true },
]
const RATES = [
  { key: 'confirmedPercent', title: '属实率', unit: '%' },
  { key: 'precisionPercent', title: '准确率', unit: '%' },
  { key: 'closedInTimePercent', title: '按时办结率', unit: '%' },
  { key: 'closed', title: '已办结', tableOnly: true },
  { key: 'averageDays', title: '平均天数', tableOnly: true },
]

function Outcomes(props: {
  search: Search
  by: By
  title: string
  shape: 'line' | 'bars'
  rates?: boolean
  onPick?: (row: ChartRow) => void
}) {
  const { search, by, title, shape, rates = false, onPick } = props
  const { data, isPending } = useOutcomes(search, by)
  // A rate of no closed case says nothing.
  const rows = (data ?? []).filter(({ closed }) => !rates || closed > 0)
  return (
    <ChartWithTable
      title={title}
      shape={shape}
      categoryTitle={{ code: '指标', unit: '机构', month: '月份', all: '' }[by]}
      loading={isPending}
      height={shape === 'line' ? 280 : Math.min(900, Math.max(200, rows.length * (rates ? 48 : 60) + 70))}
      rows={rows.map(({ key, label, ...values }) => ({
        key,
        label: by === 'code' && key !== '' && label !== key ? `${key} ${label}` : label,
        values,
      }))}
      series={rates ? RATES : COUNTS}
      extra={
        <ExportButton
          title={`监管成效${title}`}
          path={pathOf(supervisionContract.findOutcomes)}
          asked={() => ({
            ...search,
            by,
            columns: ['key', 'label', ...(rates ? RATES : COUNTS).map(({ key }) => key)],
          })}
        />
      }
      {...(onPick ? { onPick } : {})}
    />
  )
}

const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : `${formatCount(value)} %`
