import { type FindingView, supervisionContract } from '@hengjian/supervision/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan } from '../../../session.ts'
import { findingQuery, indicatorsQuery, supervision, supervisionKeys, useSupervisionMoved } from '../api.ts'
import { findingStates, formatMeasured, formatThreshold } from '../labels.ts'

export function FindingsPage() {
  const can = useCan()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const moved = useSupervisionMoved()
  const { notification } = App.useApp()
  const indicators = useQuery({
    ...indicatorsQuery(undefined, 'post_hoc'),
    enabled: can('supervision.indicator.find'),
  })
  const openCase = async (rows: readonly FindingView[]): Promise<void> => {
    try {
      const opened = await supervision.openCase({ source: 'finding', findingIds: rows.map(({ id }) => id) })
      await moved()
      await navigate({ to: `/suspect-cases/${opened.id}` })
    } catch (error) {
      notification.error({ title: '未能登记', description: <ProblemAlert error={error} /> })
    }
  }
  const oneSubject = (rows: readonly FindingView[]): boolean =>
    rows.every((row) => row.state === 'open' && row.subjectKey === rows[0]?.subjectKey)
  return (
    <ListPage
      name="findings"
      title="研判结果"
      rowKey={(row) => row.id}
      queryKey={supervisionKeys.findings}
      query={(filters) => ({
        ...(filters['text'] ? { text: filters['text'] } : {}),
        ...(filters['code'] ? { code: filters['code'] } : {}),
        ...(filters['state'] ? { state: filters['state'] as 'open' } : {}),
        ...(filters['unitPath'] ? { unitPath: filters['unitPath'] } : {}),
        ...(filters['runId'] ? { runId: filters['runId'] } : {}),
        ...(filters['caseId'] ? { caseId: filters['caseId'] } : {}),
        ...(filters['smallSample'] === 'true' ? { smallSample: true } : {}),
        ...(filters['periodFrom'] ? { from: filters['periodFrom'] } : {}),
        ...(filters['foundFrom'] ? { foundFrom: filters['foundFrom'] } : {}),
        ...(filters['foundTo'] ? { foundTo: filters['foundTo'] } : {}),
        ...(filters['periodTo'] ? { to: filters['periodTo'] } : {}),
      })}
      load={supervision.findFindings}
      usualSort="-foundAt"
      path={pathOf(supervisionContract.findFindings)}
      open={(row) => `/findings/${row.id}`}
      prefetch={(row) => void queries.prefetchQuery(findingQuery(row.id))}
      empty={
        <>
          还没有研判结果。<Link to="/analysis-runs">发起研判</Link>后，超过阈值的会列在这里。
        </>
      }
      {...(can('supervision.case.open')
        ? {
            bulk: (rows: FindingView[]) => (
              <Button
                type="primary"
                disabled={!oneSubject(rows)}
                title={oneSubject(rows) ? '' : '只能把同一对象的待处理结果一起登记'}
                onClick={() => void openCase(rows)}
              >
                登记为嫌疑业务
              </Button>
            ),
          }
        : {})}
      filters={[
        { kind: 'text', key: 'text', label: '对象或结论' },
        {
          kind: 'select',
          key: 'code',
          label: '指标',
          search: true,
          width: 220,
          options: (indicators.data ?? []).map(({ code, title }) => ({
            value: code,
            label: `${code} ${title}`,
          })),
        },
        { kind: 'select', key: 'state', label: '状态', width: 130, options: stateOptions(findingStates) },
        { kind: 'days', key: 'period', label: '期间' },
        { kind: 'days', key: 'found', label: '发现' },
        {
          kind: 'custom',
          key: 'unitPath',
          label: '机构',
          render: (value, set) => <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />,
        },
        { kind: 'switch', key: 'smallSample', label: '看样本不足的' },
      ]}
      columns={[
        { key: 'subject', title: '对象', render: (row) => row.subjectLabel },
        { key: 'sentence', title: '结论', width: 320, render: (row) => row.sentence },
        {
          key: 'state',
          title: '状态',
          render: (row) => <StateTag state={row.state} labels={findingStates} />,
        },
        {
          key: 'code',
          title: '指标',
          render: (row) => <span title={row.title}>{row.code}</span>,
        },
        {
          key: 'measured',
          sort: 'measured',
          title: '测得',
          align: 'right',
          render: (row) => <span className="hj-nowrap">{formatMeasured(row.measured, row.unit)}</span>,
        },
        {
          key: 'base',
          title: '对照',
          align: 'right',
          render: (row) => formatMeasured(row.base, row.unit),
        },
        {
          key: 'threshold',
          title: '阈值',
          align: 'right',
          render: (row) => (
            <span className="hj-nowrap">{formatThreshold(row.comparison, row.threshold, row.unit)}</span>
          ),
        },
        { key: 'sample', title: '样本', align: 'right', render: (row) => row.sample ?? '—', hidden: true },
        { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
        {
          key: 'period',
          sort: 'periodFrom',
          title: '期间',
          render: (row) => <span className="hj-nowrap">{`${row.periodFrom} 至 ${row.periodTo}`}</span>,
        },
        {
          key: 'case',
          title: '嫌疑业务',
          render: (row) =>
            row.caseId ? <Link to={`/suspect-cases/${row.caseId}`}>{row.caseNumber}</Link> : '—',
        },
        {
          key: 'foundAt',
          sort: 'foundAt',
          title: '发现时间',
          render: (row) => formatInstant(row.foundAt),
          hidden: true,
        },
      ]}
    />
  )
}
