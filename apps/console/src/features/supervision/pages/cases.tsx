import { PlusOutlined } from '@ant-design/icons'
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan } from '../../../session.ts'
import { caseQuery, supervision, supervisionKeys } from '../api.ts'
import { NewCase } from '../components/new-case.tsx'
import { caseOutcomes, caseStates } from '../labels.ts'

export function CasesPage() {
  const can = useCan()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  return (
    <>
      <ListPage
        name="cases"
        title="嫌疑业务"
        rowKey={(row) => row.id}
        queryKey={supervisionKeys.cases}
        query={(filters) => ({
          ...(filters['text'] ? { text: filters['text'] } : {}),
          ...(filters['state'] ? { state: filters['state'] as 'pending' } : {}),
          ...(filters['outcome'] ? { outcome: filters['outcome'] as 'confirmed' } : {}),
          ...(filters['code'] ? { code: filters['code'] } : {}),
          ...(filters['unitPath'] ? { unitPath: filters['unitPath'] } : {}),
          ...(filters['openedFrom'] ? { openedFrom: filters['openedFrom'] } : {}),
          ...(filters['openedTo'] ? { openedTo: filters['openedTo'] } : {}),
          ...(filters['overdue'] === 'true' ? { overdue: true } : {}),
          ...(filters['worsened'] === 'true' ? { worsened: true } : {}),
        })}
        load={supervision.findCases}
        usualSort="-openedAt"
        path={pathOf(supervisionContract.findCases)}
        open={(row) => `/suspect-cases/${row.id}`}
        prefetch={(row) => void queries.prefetchQuery(caseQuery(row.id))}
        actions={
          can('supervision.case.open') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              登记嫌疑业务
            </Button>
          )
        }
        empty="还没有嫌疑业务。可从研判结果登记，也可手工登记。"
        filters={[
          { kind: 'text', key: 'text', label: '编号、标题或对象', width: 200 },
          { kind: 'select', key: 'state', label: '状态', width: 120, options: stateOptions(caseStates) },
          { kind: 'select', key: 'outcome', label: '结论', width: 120, options: stateOptions(caseOutcomes) },
          { kind: 'text', key: 'code', label: '指标代码', width: 120 },
          {
            kind: 'custom',
            key: 'unitPath',
            label: '机构',
            render: (value, set) => (
              <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />
            ),
          },
          { kind: 'days', key: 'opened', label: '登记' },
          { kind: 'switch', key: 'overdue', label: '只看超期' },
          { kind: 'switch', key: 'worsened', label: '办结后加重' },
        ]}
        columns={[
          {
            key: 'number',
            sort: 'number',
            title: '编号',
            render: (row) => <span className="hj-num">{row.number}</span>,
          },
          { key: 'title', title: '标题', width: 280, render: (row) => row.title },
          {
            key: 'subject',
            title: '对象',
            render: (row) => <MaybeLink to={row.subjectLink}>{row.subjectLabel}</MaybeLink>,
          },
          {
            key: 'state',
            title: '状态',
            render: (row) => <StateTag state={row.state} labels={caseStates} />,
          },
          {
            key: 'outcome',
            title: '结论',
            render: (row) => (row.outcome ? <StateTag state={row.outcome} labels={caseOutcomes} /> : '—'),
          },
          {
            key: 'assigned',
            title: '承办',
            render: (row) => [row.assignedUnitName, row.assigneeName].filter(Boolean).join(' ') || '未分派',
          },
          {
            key: 'dueAt',
            sort: 'dueAt',
            title: '时限',
            render: (row) => <WorkingDaysLeft dueAt={row.dueAt} ended={row.state === 'closed'} />,
          },
          { key: 'findings', title: '结果数', align: 'right', render: (row) => row.findings },
          { key: 'unit', title: '发生机构', render: (row) => row.unitName ?? row.unitPath, hidden: true },
          {
            key: 'openedAt',
            sort: 'openedAt',
            title: '登记时间',
            render: (row) => formatInstant(row.openedAt),
          },
          { key: 'openedBy', title: '登记人', render: (row) => row.openedByName, hidden: true },
        ]}
      />
      <NewCase open={creating} onClose={() => setCreating(false)} />
    </>
  )
}
