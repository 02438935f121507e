/** Cases on their way to the personnel and discipline system, and the second threshold that sends them there. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { type StateLabels, StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { SecondThreshold } from '../components/second-threshold.tsx'

const STATES: StateLabels = {
  queued: { label: '待推送', tone: 'plain' },
  failing: { label: '未送达', tone: 'bad' },
  delivered: { label: '已送达', tone: 'good' },
}

export function CasePushesPage() {
  const can = useCan()
  const queries = useQueryClient()
  const { message, notification } = App.useApp()
  const [setting, setSetting] = useState(false)
  const repeat = async (id: string): Promise<void> => {
    try {
      await supervision.repeatCasePush({ id })
      message.success('已安排重新推送')
      await queries.invalidateQueries({ queryKey: [...supervisionKeys.cases, 'pushes'] })
    } catch (error) {
      notification.error({ title: '未能重新推送', description: <ProblemAlert error={error} /> })
    }
  }
  return (
    <>
      <ListPage
        name="case-pushes"
        title="队伍管理推送"
        rowKey={(row) => row.caseId}
        queryKey={[...supervisionKeys.cases, 'pushes']}
        query={(filters) => (filters['state'] ? { state: filters['state'] as 'failing' } : {})}
        load={supervision.findCasePushes}
        path={pathOf(supervisionContract.findCasePushes)}
        open={(row) => `/suspect-cases/${row.caseId}`}
        empty="没有推送。研判结果超过第二阈值的嫌疑业务会列在这里。"
        actions={
          can('supervision.indicator.update') && (
            <Button type="primary" onClick={() => setSetting(true)}>
              设置第二阈值
            </Button>
          )
        }
        filters={[
          {
            kind: 'select',
            key: 'state',
            label: '状态',
            width: 120,
            options: stateOptions(STATES),
          },
        ]}
        columns={[
          { key: 'number', title: '编号', render: (row) => row.number },
          { key: 'title', title: '标题', width: 280, render: (row) => row.title },
          { key: 'state', title: '状态', render: (row) => <StateTag state={row.state} labels={STATES} /> },
          { key: 'threshold', title: '第二阈值', align: 'right', render: (row) => row.threshold },
          { key: 'attempts', title: '次数', align: 'right', render: (row) => row.attempts },
          { key: 'lastError', title: '未送达原因', width: 260, render: (row) => row.lastError ?? '—' },
          { key: 'receipt', title: '回执', render: (row) => row.receipt ?? '—' },
          { key: 'queuedAt', title: '登记推送', render: (row) => formatInstant(row.queuedAt) },
          { key: 'deliveredAt', title: '送达', render: (row) => formatInstant(row.deliveredAt) },
          {
            key: 'repeat',
            title: '操作',
            screenOnly: true,
            pinned: true,
            render: (row) =>
              row.state === 'failing' &&
              can('supervision.case.review') && (
                <Button size="small" onClick={() => void repeat(row.caseId)}>
                  重新推送
                </Button>
              ),
          },
        ]}
      />
      <SecondThreshold open={setting} onClose={() => setSetting(false)} />
    </>
  )
}
