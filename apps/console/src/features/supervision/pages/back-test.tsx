/** What a composed version would have found: by unit and month, hits with their records, and other indicators' findings. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, App, Button, Modal, Table } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { backTestQuery, supervision, useSupervisionMoved } from '../api.ts'
import { FactRecords } from '../components/finding-facts.tsx'
import { backTestStates, formatMeasured, formatThreshold } from '../labels.ts'

/** What a hit would have been. */
const HITS = { finding: '命中', prompt: '会提示', authorise: '会要求授权' } as const

const RUNNING = ['queued', 'running']

export function BackTestPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery({
    ...backTestQuery(id),
    refetchInterval: ({ state }) => (RUNNING.includes(state.data?.state ?? '') ? 1000 : false),
  })
  const [hit, setHit] = useState<number | null>(null)
  const result = data?.result
  const handling = data !== undefined && data.effect !== 'finding'
  const can = useCan()
  const moved = useSupervisionMoved()
  const { notification } = App.useApp()
  const cancel = async (): Promise<void> => {
    try {
      await supervision.cancelBackTest({ id })
    } catch (thrown) {
      notification.error({ title: '未能取消', description: <ProblemAlert error={thrown} /> })
    }
    await moved()
  }
  return (
    <DetailPage
      title={data ? `回测 ${data.code} 第 ${data.number} 版` : '回测'}
      state={data && <StateTag state={data.state} labels={backTestStates} />}
      back={{ to: data ? `/composed-indicators/${data.code}` : '/composed-indicators', label: '自编指标' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        data &&
        RUNNING.includes(data.state) &&
        can('supervision.indicator.compose') && (
          <Button danger disabled={data.cancelRequested} onClick={() => void cancel()}>
            {data.cancelRequested ? '正在取消' : '取消'}
          </Button>
        )
      }
    >
      {data && (
        <Panel title="概况">
          <p style={{ marginTop: 0 }}>{data.sentence}</p>
          {RUNNING.includes(data.state) && <p className="hj-muted">正在计算，可以离开，完成后消息通知。</p>}
          {data.message && <Alert type="error" showIcon title={data.message} />}
          {result && result.missing.length > 0 && (
            <Alert type="warning" showIcon title={`无法计算，数据中没有：${result.missing.join('、')}`} />
          )}
          {handling && (
            <p className="hj-muted">
              按受理时的时刻重新判断过去受理的业务。之后受理的不计；以后更正、撤销、失效的记录按现状看，与当时可能不同。
              {result?.cut && '期间内受理的业务过多，只判断了最近的一部分。'}
            </p>
          )}
          <Facts
            items={[
              { label: '期间', value: `${data.from} 至 ${data.to}` },
              { label: '范围', value: data.unitName ?? data.unitPath },
              { label: HITS[data.effect], value: result?.fired },
              { label: '涉及对象', value: result?.subjects },
              ...(handling
                ? [
                    { label: '受理业务', value: result?.groups },
                    { label: '无法判断', value: result?.cannotJudge },
                  ]
                : [
                    { label: '判定组数', value: result?.groups },
                    { label: '样本不足', value: result?.smallSample },
                    { label: '没有基数', value: result?.cannotJudge },
                  ]),
              { label: '用时', value: result && `${(result.milliseconds / 1000).toFixed(2)} 秒` },
              { label: '发起', value: `${data.requestedByName} ${formatInstant(data.requestedAt)}` },
            ]}
          />
        </Panel>
      )}
      {data && result && (
        <>
          <Panel title="按机构和月份">
            <Table
              size="small"
              rowKey="unitPath"
              pagination={false}
              scroll={{ x: 'max-content' }}
              dataSource={byUnit(result.byUnitMonth)}
              locale={{ emptyText: '没有命中' }}
              columns={[
                { title: '机构', fixed: 'left', render: (_, row) => row.name },
                ...[...new Set(result.byUnitMonth.map(({ month }) => month))].sort().map((month) => ({
                  title: month,
                  align: 'right' as const,
                  render: (_: unknown, row: { months: ReadonlyMap<string, number> }) =>
                    row.months.get(month) ?? '',
                })),
                { title: '合计', align: 'right', render: (_, row) => row.total },
              ]}
            />
          </Panel>
          <Panel title="与已有指标重合">
            <Table
              size="small"
              rowKey="code"
              pagination={false}
              dataSource={result.overlap}
              locale={{ emptyText: '同期没有其他指标发现过这些对象' }}
              columns={[
                { title: '指标', render: (_, row) => `${row.code} ${row.title}` },
                { title: `相同对象（共 ${result.subjects} 个）`, dataIndex: 'subjects', align: 'right' },
                { title: '其研判结果', dataIndex: 'findings', align: 'right' },
              ]}
            />
          </Panel>
          <Panel
            title="命中样例"
            extra={
              result.fired > result.hits.length && (
                <span className="hj-muted">列前 {result.hits.length} 项</span>
              )
            }
          >
            <Table
              size="small"
              rowKey={(row) => result.hits.indexOf(row)}
              pagination={result.hits.length > 20 ? { pageSize: 20 } : false}
              scroll={{ x: 'max-content' }}
              dataSource={result.hits}
              locale={{ emptyText: '没有命中' }}
              columns={[
                { title: handling ? '业务' : '对象', dataIndex: 'subjectLabel' },
                { title: '机构', render: (_, row) => row.unitName ?? row.unitPath },
                { title: handling ? '受理日期' : '期间', dataIndex: 'period' },
                {
                  title: '测得',
                  align: 'right',
                  render: (_, row) => formatMeasured(row.measured, data.unit),
                },
                ...(handling
                  ? []
                  : [
                      {
                        title: '对照',
                        align: 'right' as const,
                        render: (_: unknown, row: Hit) => formatMeasured(row.base, data.unit),
                      },
                    ]),
                {
                  title: '阈值',
                  align: 'right',
                  render: (_, row) => formatThreshold(data.comparison, row.threshold, data.unit),
                },
                ...(handling
                  ? []
                  : [{ title: '样本', dataIndex: 'sample' as const, align: 'right' as const }]),
                {
                  title: '记录',
                  render: (_, row) => (
                    <Button size="small" onClick={() => setHit(result.hits.indexOf(row))}>
                      查看
                    </Button>
                  ),
                },
              ]}
            />
          </Panel>
        </>
      )}
      <Modal
        open={hit !== null}
        width="min(1100px, 96vw)"
        footer={null}
        onCancel={() => setHit(null)}
        destroyOnHidden
      >
        {hit !== null && (
          <>
            <p style={{ marginInlineEnd: 32 }}>{result?.hits[hit]?.sentence}</p>
            <FactRecords
              queryKey={[...backTestQuery(id).queryKey, 'facts', hit]}
              load={(page) => supervision.findBackTestFacts({ id, hit, ...page })}
            />
          </>
        )}
      </Modal>
    </DetailPage>
  )
}

type Hit = NonNullable<Awaited<ReturnType<typeof supervision.getBackTest>>['result']>['hits'][number]
type Cell = NonNullable<Awaited<ReturnType<typeof supervision.getBackTest>>['result']>['byUnitMonth'][number]

/** A line for each unit, with its hits by month. */
const byUnit = (cells: readonly Cell[]) =>
  [...Map.groupBy(cells, ({ unitPath }) => unitPath)].map(([unitPath, own]) => ({
    unitPath,
    name: own[0]!.unitName ?? unitPath,
    months: new Map(own.map(({ month, fired }) => [month, fired])),
    total: own.reduce((sum, { fired }) => sum + fired, 0),
  }))
