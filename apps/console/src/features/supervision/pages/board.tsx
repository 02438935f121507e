/** Statistics of supervision: warnings and authorisations, findings, suspect cases; each figure leads to its records. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { today } from '../../../formats.ts'
import { BoardPage, Figures } from '../../../parts/board-page.tsx'
import { type ChartRow, ChartWithTable } from '../../../parts/chart-with-table.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'

const BY = { unit: '按机构', handler: '按经办人', code: '按指标' } as const
type By = keyof typeof BY

export function BoardOfSupervision() {
  const can = useCan()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { from?: string; to?: string; by?: string }
  const from = search.from ?? dayjs(today()).subtract(1, 'year').format('YYYY-MM-DD')
  const to = search.to ?? today()
  const by = (search.by && search.by in BY ? search.by : 'unit') as By
  const set = (changes: Record<string, string>): void => {
    void navigate({ to: '.', search: { ...search, ...changes } as never, replace: true })
  }
  const warnings = useQuery({
    queryKey: [...supervisionKeys.counts, 'warnings', by, from, to],
    queryFn: async () => (await supervision.countWarnings({ by, from, to })).items,
    enabled: can('supervision.warning.find'),
  })
  const findings = useQuery({
    queryKey: [...supervisionKeys.counts, 'findings', 'code', from, to],
    queryFn: async () => (await supervision.countFindings({ by: 'code', from, to })).items,
    enabled: can('supervision.finding.find'),
  })
  const cases = useQuery({
    queryKey: [...supervisionKeys.counts, 'cases', 'unit', from, to],
    queryFn: async () => (await supervision.countCases({ by: 'unit', from, to })).items,
    enabled: can('supervision.case.find'),
  })
  const precision = useQuery({
    queryKey: [...supervisionKeys.counts, 'cases', 'code', from, to],
    queryFn: async () => (await supervision.countCases({ by: 'code', from, to })).items,
    enabled: can('supervision.case.find'),
  })
  const sum = <K extends string>(rows: readonly Record<K, number>[] | undefined, key: K): number | null =>
    rows ? rows.reduce((total, row) => total + row[key], 0) : null
  const error = warnings.error ?? findings.error ?? cases.error
  return (
    <BoardPage
      title="监管统计"
      head={
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(from), dayjs(to)]}
          onChange={(_, [first, last]) => set({ from: first, to: last })}
        />
      }
    >
      <ProblemAlert error={error} />
      <Figures
        figures={[
          {
            key: 'prompts',
            label: '业务提示',
            value: sum(warnings.data, 'prompts'),
            to: '/warnings',
            search: { effect: 'prompt', dayFrom: from, dayTo: to },
          },
          {
            key: 'authorisations',
            label: '授权申请',
            value: sum(warnings.data, 'authorisations'),
            to: '/authorisations',
            search: { queue: 'all' },
          },
          {
            key: 'findings',
            label: '研判结果',
            value: sum(findings.data, 'count'),
            to: '/findings',
            search: { periodFrom: from, periodTo: to },
          },
          { key: 'cases', label: '嫌疑业务', value: sum(cases.data, 'total'), to: '/suspect-cases' },
          {
            key: 'overdue',
            label: '超期未办',
            value: sum(cases.data, 'overdue'),
            to: '/suspect-cases',
            search: { overdue: 'true' },
          },
        ]}
      />
      <div className="hj-board">
        {can('supervision.warning.find') && (
          <ChartWithTable
            title="预警与授权"
            shape="bars"
            categoryTitle={BY[by].slice(1)}
            loading={warnings.isPending}
            height={heightOf(warnings.data?.length)}
            extra={
              <Segmented
                size="small"
                value={by}
                options={Object.entries(BY).map(([value, label]) => ({ value: value as By, label }))}
                onChange={(next) => set({ by: next })}
              />
            }
            rows={(warnings.data ?? []).map(({ key, label, ...values }) => ({ key, label, values }))}
            series={[
              { key: 'prompts', title: '业务提示' },
              { key: 'granted', title: '同意授权' },
              { key: 'refused', title: '不予授权' },
            ]}
            onPick={(row) =>
              void navigate({ to: '/warnings', search: warningFilter(by, row, from, to) as never })
            }
          />
        )}
        {can('supervision.finding.find') && (
          <ChartWithTable
            title="研判结果（按指标）"
            shape="bars"
            categoryTitle="指标"
            loading={findings.isPending}
            height={heightOf(findings.data?.length)}
            rows={(findings.data ?? []).map(({ key, label, count }) => ({
              key,
              label: label === key ? key : `${key} ${label}`,
              values: { count },
            }))}
            series={[{ key: 'count', title: '结果数' }]}
            onPick={(row) =>
              void navigate({
                to: '/findings',
                search: { code: row.key, periodFrom: from, periodTo: to } as never,
              })
            }
          />
        )}
        {can('supervision.case.find') && (
          <>
            <ChartWithTable
              title="嫌疑业务办理（按机构）"
              shape="bars"
              categoryTitle="机构"
              loading={cases.isPending}
              height={heightOf(cases.data?.length)}
              rows={(cases.data ?? []).map(({ key, label, ...values }) => ({ key, label, values }))}
              series={[
                { key: 'closed', title: '已办结' },
                { key: 'investigating', title: '调查中' },
                { key: 'overdue', title: '超期' },
              ]}
              onPick={(row) =>
                void navigate({ to: '/suspect-cases', search: { unitPath: row.key } as never })
              }
            />
            <ChartWithTable
              title="指标准确率（办结中属实与情况存在）"
              shape="bars"
              categoryTitle="指标"
              loading={precision.isPending}
              height={heightOf(precision.data?.length)}
              rows={(precision.data ?? []).map(({ key, label, ...values }) => ({
                key,
                label: label === key ? key : `${key} ${label}`,
                values,
              }))}
              series={[{ key: 'precisionPercent', title: '准确率', unit: '%' }]}
              onPick={(row) => void navigate({ to: '/suspect-cases', search: { code: row.key } as never })}
            />
          </>
        )}
      </div>
    </BoardPage>
  )
}

const heightOf = (rows = 0): number => Math.min(420, Math.max(180, rows * 32 + 60))

const warningFilter = (by: By, row: ChartRow, from: string, to: string): Record<string, string> => ({
  dayFrom: from,
  dayTo: to,
  [by === 'unit' ? 'unitPath' : by === 'handler' ? 'handlerId' : 'code']: row.key,
})
