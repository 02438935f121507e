import { PlusOutlined } from '@ant-design/icons'
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatCount, formatDuration, formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { runQuery, supervision, supervisionKeys } from '../api.ts'
import { StartAnalysis } from '../components/start-analysis.tsx'
import { runExtents, runStates, runTriggers } from '../labels.ts'

export function RunsPage() {
  const can = useCan()
  const queries = useQueryClient()
  const [starting, setStarting] = useState(false)
  return (
    <>
      <ListPage
        name="runs"
        title="研判任务"
        rowKey={(row) => row.id}
        queryKey={supervisionKeys.runs}
        refetchMs={5000}
        query={(filters) => ({
          ...(filters['state'] ? { state: filters['state'] as 'done' } : {}),
          ...(filters['trigger'] ? { trigger: filters['trigger'] as 'manual' } : {}),
          ...(filters['extent'] ? { extent: filters['extent'] as 'chosen' } : {}),
        })}
        load={supervision.findRuns}
        usualSort="-requestedAt"
        path={pathOf(supervisionContract.findRuns)}
        open={(row) => `/analysis-runs/${row.id}`}
        prefetch={(row) => void queries.prefetchQuery(runQuery(row.id))}
        actions={
          can('supervision.analysis.start') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setStarting(true)}>
              发起研判
            </Button>
          )
        }
        empty="还没有研判任务。每日、每月的任务自动运行，也可以现在发起。"
        filters={[
          { kind: 'select', key: 'state', label: '状态', width: 120, options: stateOptions(runStates) },
          {
            kind: 'select',
            key: 'trigger',
            label: '发起方式',
            width: 120,
            options: Object.entries(runTriggers).map(([value, label]) => ({ value, label })),
          },
          {
            kind: 'select',
            key: 'extent',
            label: '范围',
            width: 150,
            options: Object.entries(runExtents).map(([value, label]) => ({ value, label })),
          },
        ]}
        columns={[
          {
            key: 'period',
            sort: 'period',
            title: '研判期间',
            render: (row) => `${row.from} 至 ${row.to}`,
          },
          {
            key: 'codes',
            title: '指标',
            render: (row) =>
              row.codes.length === 0
                ? '没有变化'
                : row.codes.length > 4
                  ? `${row.codes.slice(0, 4).join('、')} 等 ${row.codes.length} 项`
                  : row.codes.join('、'),
          },
          { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
          {
            key: 'state',
            title: '状态',
            render: (row) =>
              row.state === 'running' ? (
                <Progress
                  size="small"
                  percent={Math.round((row.done / Math.max(1, row.total)) * 100)}
                  style={{ width: 120 }}
                />
              ) : (
                <StateTag state={row.state} labels={runStates} />
              ),
          },
          {
            key: 'findings',
            sort: 'findings',
            title: '结果',
            align: 'right',
            render: (row) => formatCount(row.findings),
          },
          {
            key: 'trigger',
            title: '发起方式',
            render: (row) =>
              row.trigger === 'manual'
                ? `${runTriggers['manual']}：${runExtents[row.extent]}`
                : runTriggers[row.trigger],
          },
          { key: 'requestedBy', title: '发起人', render: (row) => row.requestedByName },
          {
            key: 'requestedAt',
            sort: 'requestedAt',
            title: '发起时间',
            render: (row) => formatInstant(row.requestedAt),
          },
          {
            key: 'took',
            screenOnly: true,
            title: '用时',
            render: (row) =>
              row.startedAt && row.finishedAt
                ? formatDuration(new Date(row.finishedAt).getTime() - new Date(row.startedAt).getTime())
                : '—',
          },
        ]}
      />
      <StartAnalysis open={starting} onClose={() => setStarting(false)} />
    </>
  )
}
