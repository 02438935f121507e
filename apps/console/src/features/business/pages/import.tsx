import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, App, Button, Progress } from 'antd'
import { formatBytes, formatCount, formatDuration, formatInstant } from '../../../formats.ts'
import { Figures } from '../../../parts/board-page.tsx'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { business, businessKeys, type ImportRun } from '../api.ts'
import { facts, fileScans, importStates, wordOf } from '../labels.ts'

const going = (run: ImportRun): boolean => run.state === 'queued' || run.state === 'running'

export function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const can = useCan()
  const { notification } = App.useApp()
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...businessKeys.imports, id],
    queryFn: () => business.getImport({ id }),
    refetchInterval: ({ state }) => (state.data && going(state.data) ? 1000 : false),
  })
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      notification.error({ title: '未能完成', description: <ProblemAlert error={thrown} /> })
    }
  }
  const cancel = () =>
    attempt(async () => {
      await business.cancelImport({ id })
      await refetch()
    })
  const openFile = () =>
    attempt(async () => {
      const { url } = await business.openImportFile({ id })
      window.location.assign(url)
    })
  const download = () =>
    attempt(async () => {
      const { url } = await business.downloadRejects({ id })
      window.location.assign(url)
    })
  return (
    <DetailPage
      title={data?.fileName ?? '导入'}
      state={data && <StateTag state={data.state} labels={importStates} />}
      back={{ to: '/imports', label: '数据导入' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        data &&
        can('business.import.create') && (
          <>
            {data.fileScan && data.fileScan !== 'infected' && (
              <Button onClick={() => void openFile()}>下载原文件</Button>
            )}
            {data.rejected > 0 && !going(data) && (
              <Button onClick={() => void download()}>下载被拒绝的记录</Button>
            )}
            {going(data) && (
              <Button danger onClick={() => void cancel()}>
                取消导入
              </Button>
            )}
          </>
        )
      }
    >
      {data && (
        <>
          {data.state === 'failed' && (
            <Alert
              type="error"
              showIcon
              style={{ marginBottom: 12 }}
              title="导入没有完成"
              description={
                <>
                  <ul style={{ margin: 0, paddingInlineStart: 18 }}>
                    {(data.message ?? '').split('；').map((line) => (
                      <li key={line}>{line}</li>
                    ))}
                  </ul>
                  已提交的批次保留；改正后重新导入同一文件，已有的记录不会重复。
                </>
              }
            />
          )}
          {going(data) && <ImportProgress run={data} />}
          <Figures
            figures={[
              { key: 'records', label: '已读记录', value: data.records },
              { key: 'inserted', label: '新增事实', value: data.inserted },
              { key: 'skipped', label: '已有，跳过', value: data.skipped },
              {
                key: 'rejected',
                label: '拒绝',
                value: data.rejected,
                hint: data.rejected > 0 ? '可下载，逐行注明原因' : '',
              },
            ]}
          />
          <Panel title="任务">
            <Facts
              items={[
                { label: '映射', value: data.mappingName },
                { label: '导入为', value: wordOf(facts, data.fact) },
                { label: '文件大小', value: formatBytes(data.fileBytes) },
                {
                  label: '病毒扫描',
                  value: data.fileScan ? (
                    <StateTag state={data.fileScan} labels={fileScans} />
                  ) : (
                    '由命令行导入，未经上传'
                  ),
                },
                { label: '提交时间', value: formatInstant(data.createdAt) },
                { label: '开始', value: formatInstant(data.startedAt) },
                { label: '完成', value: formatInstant(data.finishedAt) },
              ]}
            />
          </Panel>
        </>
      )}
    </DetailPage>
  )
}

/** Done, speed and what is left; the page may be left and found again. */
function ImportProgress({ run }: { run: ImportRun }) {
  const percent = Math.min(100, Math.round((run.bytesRead / Math.max(1, run.fileBytes)) * 100))
  return (
    <Panel>
      <Progress percent={percent} status="active" />
      <span className="hj-muted">
        {run.state === 'queued' ? '正在排队。' : ''}
        {run.factsPerSecond === null ? '' : `每秒 ${formatCount(Math.round(run.factsPerSecond))} 条`}
        {run.remainingSeconds === null ? '' : `，约余 ${formatDuration(run.remainingSeconds * 1000)}。`}
        可以离开本页，导入在后台继续。
      </span>
    </Panel>
  )
}
