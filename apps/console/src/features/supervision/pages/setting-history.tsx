/** Every change of one indicator's settings in all units: who, when, from what to what, why, and who approved it. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { Link, useParams } from '@tanstack/react-router'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { Differences, ReasonWithEvidence } from '../components/differences.tsx'

export function SettingHistoryPage() {
  const { code } = useParams({ strict: false }) as { code: string }
  return (
    <ListPage
      name="setting-history"
      title={`${code} 调整历史`}
      rowKey={(row) => row.id}
      queryKey={[...supervisionKeys.indicators, 'history', code]}
      query={({ unitPath }) => ({ code, ...(unitPath ? { unitPath } : {}) })}
      load={supervision.findSettingHistory}
      path={pathOf(supervisionContract.findSettingHistory).replace('{code}', encodeURIComponent(code))}
      usualSort="-changedAt"
      actions={<Link to={`/indicators/${code}`}>返回指标</Link>}
      empty="没有调整过，各机构都按出厂值执行。"
      filters={[
        {
          kind: 'custom',
          key: 'unitPath',
          label: '机构',
          render: (value, set) => (
            <UnitSelect by="path" value={value} placeholder="全部机构" onChange={(next) => set(next ?? '')} />
          ),
        },
      ]}
      columns={[
        {
          key: 'changedAt',
          sort: 'changedAt',
          title: '时间',
          width: 150,
          render: (row) => formatInstant(row.changedAt),
        },
        { key: 'unit', title: '机构', width: 160, render: (row) => row.unitName ?? row.unitPath },
        { key: 'version', title: '版本', align: 'right', width: 70, render: (row) => row.version },
        { key: 'changes', title: '调整', width: 220, render: (row) => <Differences changes={row.changes} /> },
        {
          key: 'reason',
          title: '理由',
          width: 240,
          render: (row) => <ReasonWithEvidence reason={row.reason} evidence={row.evidence} />,
        },
        { key: 'changedBy', title: '调整人', render: (row) => row.changedByName },
        { key: 'approvedBy', title: '批准人', render: (row) => row.approvedByName ?? '—' },
        {
          key: 'supersededAt',
          title: '失效时间',
          render: (row) => (row.supersededAt ? formatInstant(row.supersededAt) : '现行'),
        },
      ]}
    />
  )
}
