/** A run beside the judgments before it: how much changed, which findings, from what to what, and why. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { Link } from '@tanstack/react-router'
import { App, Button, Segmented } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatCount } from '../../../formats.ts'
import { Panel } from '../../../parts/detail-page.tsx'
import { exportList } from '../../../parts/export-list.ts'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { changeKinds, formatMeasured } from '../labels.ts'
import { ChangeCauses, ChangedFigures } from './changed-figures.tsx'

type RunDetail = Awaited<ReturnType<typeof supervision.getRun>>
type Kind = 'appeared' | 'changed' | 'vanished'

export function RunChanges({ run }: { run: RunDetail }) {
  const [kind, setKind] = useState<Kind | 'all'>('all')
  const { notification } = App.useApp()
  const compared = run.results.flatMap(({ comparison }) => (comparison?.since ? [comparison] : []))
  const first = run.results.filter(({ comparison }) => comparison && !comparison.since).length
  const sum = (of: (comparison: (typeof compared)[number]) => number) =>
    compared.reduce((total, each) => total + of(each), 0)
  if (compared.length === 0)
    return first > 0 ? (
      <Panel title="与上次研判相比">
        <span className="hj-muted">这些期间此前没有研判过，没有可比的结果。</span>
      </Panel>
    ) : null
  const counts: Readonly<Record<Kind, number>> = {
    appeared: sum(({ appeared }) => appeared),
    changed: sum(({ changed }) => changed),
    vanished: sum(({ vanished }) => vanished),
  }
  const confirmed = sum((each) => each.confirmed)
  const asked = kind === 'all' ? {} : { kind }
  const save = async (): Promise<void> => {
    try {
      const path = pathOf(supervisionContract.findRunChanges).replace('{id}', run.id)
      await exportList(path, '研判变化', { format: 'xlsx', ...asked })
    } catch (error) {
      notification.error({ title: '未能导出', description: <ProblemAlert error={error} /> })
    }
  }
  return (
    <RecordsPanel
      title="与上次研判相比"
      queryKey={[...supervisionKeys.run(run.id), 'changes', kind]}
      load={(page) => supervision.findRunChanges({ id: run.id, ...asked, ...page })}
      empty={`没有变化：${formatCount(confirmed)} 条结果与上次相同。`}
      extra={
        <>
          <Segmented<Kind | 'all'>
            size="small"
            value={kind}
            onChange={setKind}
            options={[
              { value: 'all', label: '全部' },
              ...(Object.keys(counts) as Kind[]).map((value) => ({
                value,
                label: `${changeKinds[value]!.label} ${formatCount(counts[value])}`,
              })),
            ]}
          />
          <span className="hj-muted hj-nowrap">{` 相同 ${formatCount(confirmed)} `}</span>
          <Button size="small" onClick={() => void save()}>
            导出
          </Button>
        </>
      }
      columns={[
        { title: '变化', render: (_, row) => <StateTag state={row.kind} labels={changeKinds} /> },
        {
          title: '对象',
          render: (_, row) => <Link to={`/findings/${row.findingId}`}>{row.subjectLabel}</Link>,
        },
        { title: '指标', render: (_, row) => <span title={row.title}>{row.code}</span> },
        {
          title: '期间',
          render: (_, row) => (
            <span className="hj-nowrap">
              {row.periodFrom === row.periodTo ? row.periodFrom : `${row.periodFrom} 至 ${row.periodTo}`}
            </span>
          ),
        },
        {
          title: '从 → 到',
          render: (_, row) =>
            row.before && row.after ? (
              <ChangedFigures {...row} before={row.before} after={row.after} />
            ) : (
              `测得 ${formatMeasured((row.after ?? row.before)!.measured, row.unit)}`
            ),
        },
        {
          title: '原因',
          width: 300,
          render: (_, row) => (
            <>
              <ChangeCauses causes={row.causes} />
              {row.worsenedCaseId && (
                <Link to={`/suspect-cases/${row.worsenedCaseId}`}>已办结的嫌疑业务因此加重</Link>
              )}
            </>
          ),
        },
        { title: '机构', render: (_, row) => row.unitName ?? row.unitPath },
      ]}
    />
  )
}
