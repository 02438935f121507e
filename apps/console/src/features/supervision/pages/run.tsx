import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button, Progress, Table } from 'antd'
import { formatCount, formatDuration, formatInstant } from '../../../formats.ts'
import { Figures } from '../../../parts/board-page.tsx'
import { ChartWithTable } from '../../../parts/chart-with-table.tsx'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { runQuery, supervision, useSupervisionMoved } from '../api.ts'
import { RunChanges } from '../components/run-changes.tsx'
import { runExtents, runOutcomes, runStates, runTriggers } from '../labels.ts'

type RunDetail = Awaited<ReturnType<typeof supervision.getRun>>
type Result = RunDetail['results'][number]

/** States in which a run has not ended. */
const OPEN_STATES = ['queued', 'running', 'retrying']

export function RunPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const can = useCan()
  const navigate = useNavigate()
  const moved = useSupervisionMoved()
  const { message } = App.useApp()
  const { data, error, isPending, refetch } = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state }) => (state.data && OPEN_STATES.includes(state.data.state) ? 1500 : false),
  })
  const going = data && OPEN_STATES.includes(data.state)
  const cancel = async (): Promise<void> => {
    await supervision.cancelRun({ id })
    message.info('已要求取消')
    await moved()
  }
  const withFindings = byIndicator(data?.results ?? []).filter(({ findings }) => findings > 0)
  return (
    <DetailPage
      title={
        data ? `${data.extent === 'changed' ? '变化追溯' : '研判'} ${data.from} 至 ${data.to}` : '研判任务'
      }
      state={data && <StateTag state={data.state} labels={runStates} />}
      back={{ to: '/analysis-runs', label: '研判任务' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        going &&
        can('supervision.analysis.start') && (
          <Button danger disabled={data.cancelRequested} onClick={() => void cancel()}>
            {data.cancelRequested ? '正在取消' : '取消'}
          </Button>
        )
      }
    >
      {data && (
        <>
          {data.state === 'retrying' && (
            <Alert
              type="warning"
              showIcon
              title={data.message ?? '上一次执行失败'}
              description={data.retryAt && `将自动重试，不早于 ${formatInstant(data.retryAt)}`}
            />
          )}
          {going && <RunProgress done={data.done} total={data.total} startedAt={data.startedAt} />}
          <Figures
            figures={[
              {
                key: 'findings',
                label: '研判结果',
                value: data.findings,
                to: '/findings',
                search: { runId: data.id },
              },
              {
                key: 'indicators',
                label: data.extent === 'changed' || data.extent === 'all' ? '已算期间' : '已算指标',
                value: `${data.done} / ${data.total}`,
              },
              {
                key: 'missing',
                label: '缺少字段，未计算',
                value: data.results.filter(({ outcome }) => outcome === 'missing_fields').length,
              },
              {
                key: 'small',
                label: '样本不足的分组',
                value: data.results.reduce((sum, { smallSample }) => sum + smallSample, 0),
                hint: '超过阈值但低于最小样本，不报',
              },
            ]}
          />
          {withFindings.length > 0 && (
            <ChartWithTable
              title="各指标结果数"
              shape="bars"
              categoryTitle="指标"
              height={Math.max(160, withFindings.length * 30 + 30)}
              rows={withFindings.map(({ code, title, findings }) => ({
                key: code,
                label: `${code} ${title}`,
                values: { findings },
              }))}
              series={[{ key: 'findings', title: '结果数' }]}
              onPick={(row) =>
                void navigate({ to: '/findings', search: { runId: id, code: row.key } as never })
              }
            />
          )}
          {!going && <RunChanges run={data} />}
          <Panel title="各指标">
            <Table
              size="small"
              rowKey={(row) => `${row.code} ${row.from}`}
              pagination={data.results.length > 100 ? { pageSize: 50, showSizeChanger: false } : false}
              scroll={{ x: 'max-content' }}
              dataSource={data.results}
              locale={{ emptyText: emptyText(data, Boolean(going)) }}
              columns={[
                {
                  title: '指标',
                  render: (_, row) => (
                    <Link to={`/indicators/${row.code}`}>{`${row.code} ${row.title}`}</Link>
                  ),
                },
                ...(data.extent === 'changed' || data.extent === 'all'
                  ? [{ title: '期间', render: (_: unknown, row: Result) => `${row.from} 至 ${row.to}` }]
                  : []),
                { title: '结论', render: (_, row) => <StateTag state={row.outcome} labels={runOutcomes} /> },
                {
                  title: '结果',
                  align: 'right',
                  render: (_, row) =>
                    row.findings > 0 ? (
                      <Link to="/findings" search={{ runId: id, code: row.code } as never}>
                        {formatCount(row.findings)}
                      </Link>
                    ) : (
                      row.findings
                    ),
                },
                { title: '分组', align: 'right', render: (_, row) => formatCount(row.groups) },
                { title: '样本不足', align: 'right', render: (_, row) => formatCount(row.smallSample) },
                { title: '无对照', align: 'right', render: (_, row) => formatCount(row.cannotJudge) },
                { title: '用时', align: 'right', render: (_, row) => formatDuration(row.milliseconds) },
                {
                  title: '说明',
                  render: (_, row) =>
                    row.missing.length > 0 ? `缺少 ${row.missing.join('、')}` : (row.message ?? '—'),
                },
              ]}
            />
          </Panel>
          {data.extent === 'changed' && <ChangedFacts changes={data.changes} />}
          <Panel title="任务">
            <Facts
              items={[
                { label: '机构', value: data.unitName ?? data.unitPath },
                { label: '范围', value: runExtents[data.extent] },
                { label: '发起', value: `${data.requestedByName}（${runTriggers[data.trigger]}）` },
                { label: '发起时间', value: formatInstant(data.requestedAt) },
                { label: '开始', value: formatInstant(data.startedAt) },
                { label: '完成', value: formatInstant(data.finishedAt) },
                ...(data.retryAt ? [{ label: '重试不早于', value: formatInstant(data.retryAt) }] : []),
                { label: '说明', value: data.message },
              ]}
            />
          </Panel>
        </>
      )}
    </DetailPage>
  )
}

/** Done, speed and what is left; the page may be left and found again. */
function RunProgress({ done, total, startedAt }: { done: number; total: number; startedAt: string | null }) {
  const spent = startedAt ? Date.now() - new Date(startedAt).getTime() : 0
  const left = done > 0 ? (spent / done) * (total - done) : null
  return (
    <Panel>
      <Progress percent={Math.round((done / Math.max(1, total)) * 100)} status="active" />
      <span className="hj-muted">
        {startedAt ? `已用 ${formatDuration(spent)}` : '正在排队'}
        {left === null ? '' : `，约余 ${formatDuration(left)}`}。可以离开本页，完成后在“研判任务”里查看。
      </span>
    </Panel>
  )
}

/** What came since the run before; null: there was none. */
const ChangedFacts = ({ changes }: { changes: RunDetail['changes'] }) => (
  <Panel title="上次追溯以来的数据变化">
    {changes === null ? (
      <span className="hj-muted">
        首次追溯只记下起点。此前的数据请用“全部指标”研判，此后到达和更正的数据由每夜的追溯处理。
      </span>
    ) : (
      <Table
        size="small"
        rowKey={(row) => `${row.fact} ${row.month}`}
        pagination={changes.length > 20 ? { pageSize: 20, size: 'small' } : false}
        scroll={{ x: 'max-content' }}
        dataSource={changes}
        locale={{ emptyText: '没有新到或更正的数据' }}
        columns={[
          { title: '数据', dataIndex: 'label' },
          { title: '月份', render: (_, row) => row.month ?? '不分月' },
          { title: '新增和更正的记录', align: 'right', render: (_, row) => formatCount(row.rows) },
        ]}
      />
    )}
  </Panel>
)

/** Findings of each indicator over all the periods it was judged for. */
const byIndicator = (results: readonly Result[]) =>
  [...Map.groupBy(results, ({ code }) => code).values()].map((own) => ({
    code: own[0]!.code,
    title: own[0]!.title,
    findings: own.reduce((sum, { findings }) => sum + findings, 0),
  }))

function emptyText({ extent, total }: RunDetail, going: boolean): string {
  if (extent === 'changed' && total === 0) return '没有需要重新研判的期间'
  return going ? '正在计算第一项…' : '没有结果'
}
