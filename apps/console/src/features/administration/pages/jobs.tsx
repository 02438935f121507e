import { administrationContract, type JobView } from '@hengjian/administration/contract'
import { App, Button, Progress } from 'antd'
import { pathOf } from '../../../client.ts'
import { formatCount, formatDuration, formatSecond } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { administration, administrationKeys, useStale } from '../api.ts'
import { jobStates } from '../labels.ts'

export function JobsPage() {
  const can = useCan()
  const stale = useStale()
  const { notification } = App.useApp()
  const act = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work
      await stale(administrationKeys.jobs)
    } catch (error) {
      notification.error({ title: '未能完成', description: <ProblemAlert error={error} /> })
    }
  }
  return (
    <ListPage
      name="jobs"
      title="后台任务"
      rowKey={(row) => row.id}
      queryKey={administrationKeys.jobs}
      refetchMs={4000}
      query={(filters) => ({
        ...(filters['name'] ? { name: filters['name'] } : {}),
        ...(filters['state'] ? { state: filters['state'] as 'done' } : {}),
      })}
      load={administration.findJobs}
      usualSort="-updatedAt"
      path={pathOf(administrationContract.findJobs)}
      empty="没有后台任务。导入、研判、校验等长时间的工作在这里可以找到。"
      filters={[
        { kind: 'select', key: 'state', label: '状态', width: 130, options: stateOptions(jobStates) },
        { kind: 'text', key: 'name', label: '任务代码' },
      ]}
      columns={[
        { key: 'title', title: '任务', render: (row) => row.title },
        {
          key: 'name',
          title: '代码',
          render: (row) => <span className="hj-code">{row.name}</span>,

          hidden: true,
        },
        {
          key: 'state',
          title: '状态',
          render: (row) => <StateTag state={row.state} labels={jobStates} />,
        },
        {
          key: 'progress',
          title: '进度',
          render: (row) =>
            row.total ? (
              <Progress
                size="small"
                style={{ width: 180 }}
                percent={Math.round((row.done / row.total) * 100)}
                format={() => `${formatCount(row.done)} / ${formatCount(row.total)}`}
              />
            ) : (
              formatCount(row.done)
            ),
        },
        { key: 'left', screenOnly: true, title: '约余', render: (row) => remaining(row) },
        { key: 'message', title: '说明', render: (row) => row.message ?? '—' },
        { key: 'startedAt', sort: 'startedAt', title: '开始', render: (row) => formatSecond(row.startedAt) },
        { key: 'finishedAt', title: '结束', render: (row) => formatSecond(row.finishedAt) },
        {
          key: 'actions',
          screenOnly: true,
          title: '操作',

          render: (row) =>
            can('administration.job.manage') && (
              <>
                {row.state === 'failed' && (
                  <Button
                    type="link"
                    size="small"
                    onClick={() => void act(administration.retryJob({ id: row.id }))}
                  >
                    重试
                  </Button>
                )}
                {['running', 'retrying'].includes(row.state) && (
                  <Button
                    type="link"
                    size="small"
                    danger
                    onClick={() => void act(administration.cancelJob({ id: row.id }))}
                  >
                    取消
                  </Button>
                )}
              </>
            ),
        },
      ]}
    />
  )
}

function remaining({ state, done, total, startedAt }: JobView): string {
  if (state !== 'running' || !total || done === 0) return '—'
  const spent = Date.now() - new Date(startedAt).getTime()
  return formatDuration((spent / done) * (total - done))
}
