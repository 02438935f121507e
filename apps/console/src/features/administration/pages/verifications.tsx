import { administrationContract } from '@hengjian/administration/contract'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { pathOf } from '../../../client.ts'
import { formatCount, formatSecond } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { administration, administrationKeys, useStale } from '../api.ts'
import { faults, verificationStates } from '../labels.ts'

export function VerificationsPage() {
  const stale = useStale()
  const start = useMutation({
    mutationFn: () => administration.verifyAudit({}),
    onSettled: () => stale(administrationKeys.verifications),
  })
  return (
    <ListPage
      name="verifications"
      title="审计校验"
      rowKey={(row) => row.id}
      queryKey={administrationKeys.verifications}
      refetchMs={3000}
      query={() => ({})}
      load={administration.findAuditVerifications}
      usualSort="-startedAt"
      path={pathOf(administrationContract.findAuditVerifications)}
      actions={
        <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>
          立即校验
        </Button>
      }
      above={<ProblemAlert error={start.error} />}
      empty="还没有校验过。校验会检查整条审计链、检查点和每一行受保护的数据。"
      filters={[]}
      columns={[
        { key: 'startedAt', sort: 'startedAt', title: '开始', render: (row) => formatSecond(row.startedAt) },
        {
          key: 'state',
          title: '结论',
          render: (row) => <StateTag state={row.state} labels={verificationStates} />,
        },
        { key: 'checked', title: '已校验日志', align: 'right', render: (row) => formatCount(row.checked) },
        { key: 'rows', title: '已校验数据行', align: 'right', render: (row) => formatCount(row.rowsChecked) },
        {
          key: 'fault',
          title: '首个异常',
          width: 360,
          render: (row) =>
            row.fault
              ? `${faults[row.fault.what]}${row.fault.sequence === null ? '' : `，序号 ${row.fault.sequence}`}：${row.fault.message}`
              : '—',
        },
        {
          key: 'alteredRows',
          title: '被改动的数据',
          width: 280,
          render: (row) =>
            row.alteredRows.length === 0
              ? '—'
              : `${row.alteredRows.length} 行：${row.alteredRows
                  .slice(0, 3)
                  .map((one) => `${one.table} ${one.id}`)
                  .join('；')}`,
        },
        { key: 'finishedAt', title: '完成', render: (row) => formatSecond(row.finishedAt) },
        { key: 'by', title: '发起人', render: (row) => row.requestedByName },
      ]}
    />
  )
}
