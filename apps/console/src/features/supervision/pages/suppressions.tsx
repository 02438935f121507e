/** What is put aside at present: which indicator about whom, until when, by whom and why. */
import { type SuppressionView, supervisionContract } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys, useSupervisionMoved } from '../api.ts'
import { suppressionStates } from '../labels.ts'

type Unlisted = Awaited<ReturnType<typeof supervision.findSuppressions>>['unlisted']

export function SuppressionsPage() {
  const can = useCan()
  const moved = useSupervisionMoved()
  const { message } = App.useApp()
  const [lifting, setLifting] = useState<SuppressionView | null>(null)
  const { data: unlisted = [] } = useQuery({
    queryKey: [...supervisionKeys.suppressions, 'unlisted'],
    queryFn: async () => (await supervision.findSuppressions({ limit: 1 })).unlisted,
  })
  return (
    <>
      <ListPage
        name="suppressions"
        title="屏蔽清单"
        rowKey={(row) => row.id}
        queryKey={supervisionKeys.suppressions}
        query={({ state, text }) => ({
          ...(state ? { state: state as 'all' } : {}),
          ...(text ? { text } : {}),
        })}
        load={supervision.findSuppressions}
        above={unlisted.length > 0 && <Earlier findings={unlisted} />}
        path={pathOf(supervisionContract.findSuppressions)}
        usualSort="until"
        open={(row) => `/findings/${row.findingId}`}
        empty="没有有效的屏蔽。在研判结果中可以屏蔽某一对象的同类结果。"
        filters={[
          { kind: 'text', key: 'text', label: '对象或理由' },
          {
            kind: 'select',
            key: 'state',
            label: '状态',
            width: 130,
            options: [
              { value: 'ended', label: '已到期、已解除' },
              { value: 'all', label: '全部' },
            ],
          },
        ]}
        columns={[
          { key: 'subject', title: '对象', render: (row) => row.subjectLabel },
          { key: 'indicator', title: '指标', render: (row) => `${row.code} ${row.title}` },
          { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
          { key: 'until', sort: 'until', title: '屏蔽至', render: (row) => row.until },
          { key: 'reason', title: '理由', render: (row) => row.reason },
          { key: 'suppressedBy', title: '屏蔽人', render: (row) => row.suppressedByName },
          {
            key: 'suppressedAt',
            sort: 'suppressedAt',
            title: '屏蔽时间',
            render: (row) => formatInstant(row.suppressedAt),
          },
          {
            key: 'state',
            title: '状态',
            render: (row) => <StateTag state={row.state} labels={suppressionStates} />,
          },
          {
            key: 'lifted',
            title: '解除',
            render: (row) => {
              if (row.liftedAt)
                return `${row.liftedByName} ${formatInstant(row.liftedAt)}：${row.liftedReason}`
              if (row.state !== 'standing' || !can('supervision.finding.suppress')) return '—'
              return (
                <Button size="small" onClick={() => setLifting(row)}>
                  提前解除
                </Button>
              )
            },
          },
        ]}
      />
      <ReasonDialog
        open={lifting !== null}
        title={`解除对 ${lifting?.subjectLabel ?? ''} 的屏蔽`}
        effect="被屏蔽的研判结果恢复为待处理，以后的结果照常登记。"
        seenBy="本机构及上级的监管人员、审计管理员"
        okText="解除屏蔽"
        onCancel={() => setLifting(null)}
        onSubmit={async (reason) => {
          await supervision.liftSuppression({ id: lifting!.id, reason })
          message.success('已解除')
          setLifting(null)
          await moved()
        }}
      />
    </>
  )
}

/** What was put aside before the list was kept has no line in it. */
const Earlier = ({ findings }: { findings: Unlisted }) => (
  <Alert
    type="info"
    showIcon
    style={{ marginBottom: 12 }}
    title={`另有 ${findings.length} 项研判结果在本清单建立以前屏蔽，到期自动恢复，不能提前解除`}
    description={findings.map(({ findingId, code, title, subjectLabel, unitName, until, reason }) => (
      <div key={findingId}>
        <Link to={`/findings/${findingId}`}>{subjectLabel}</Link> {code} {title}（{unitName}）屏蔽至 {until}
        {reason && `：${reason}`}
      </div>
    ))}
  />
)
