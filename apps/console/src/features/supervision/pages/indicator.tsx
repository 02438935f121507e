import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Alert, Button, Collapse, Table } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { UnitName } from '../../../parts/unit-name.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan, useSession } from '../../../session.ts'
import { kindsQuery } from '../../business/api.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { IndicatorSettings } from '../components/indicator-settings.tsx'
import { SecondThreshold } from '../components/second-threshold.tsx'
import { ThresholdAdvicePanel } from '../components/threshold-advice.tsx'
import { effectTones, formatParameter, formatThreshold, modes, sentenceWith, subjects } from '../labels.ts'

const EVENTS: Readonly<Record<string, string>> = {
  accept: '受理时',
  amendment: '流水修改时',
  information_change: '变更信息时',
  external_check: '外部核查后',
}
const SCHEDULES = { daily: '每日', monthly: '每月' } as const

export function IndicatorPage() {
  const { code } = useParams({ strict: false }) as { code: string }
  const search = useSearch({ strict: false }) as { unitPath?: string }
  const { unit } = useSession()
  const can = useCan()
  const navigate = useNavigate()
  const [unitPath, setUnitPath] = useState(search.unitPath ?? unit.path)
  const [open, setOpen] = useState(false)
  const [secondOpen, setSecondOpen] = useState(false)
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...supervisionKeys.indicators, 'one', code, unitPath],
    queryFn: () => supervision.getIndicator({ code, unitPath }),
    placeholderData: (old) => old,
  })
  const kinds = useQuery(kindsQuery)
  const titleOf = (kind: string): string => kinds.data?.find((entry) => entry.code === kind)?.title ?? kind
  return (
    <DetailPage
      title={data ? `${data.code} ${data.title}` : code}
      state={data && <StateTag state={data.effect} labels={effectTones} />}
      back={{ to: '/indicators', label: '指标与阈值' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        <>
          <UnitSelect
            by="path"
            value={unitPath}
            allowClear={false}
            onChange={(next) => next && setUnitPath(next)}
          />
          <Button onClick={() => void navigate({ to: `/indicators/${code}/history` })}>调整历史</Button>
          {can('supervision.indicator.update') && data && (
            <Button type="primary" disabled={data.pendingChange !== null} onClick={() => setOpen(true)}>
              调整开关与阈值
            </Button>
          )}
        </>
      }
      timelineTitle="调整记录"
      timeline={
        data && (
          <Timeline
            entries={data.settings.map((setting) => ({
              key: `${setting.unitPath}:${setting.version}`,
              at: setting.changedAt,
              title: `${setting.unitName ?? setting.unitPath} 第 ${setting.version} 版${setting.supersededAt ? '' : '（现行）'}`,
              who: setting.approvedByName
                ? `${setting.changedByName}（${setting.approvedByName} 批准）`
                : setting.changedByName,
              text: (
                <>
                  {setting.enabled === null ? '' : setting.enabled ? '启用；' : '停用；'}
                  {Object.entries(setting.parameters)
                    .map(
                      ([name, value]) =>
                        `${data.parameters.find((one) => one.name === name)?.title ?? name} ${formatParameter(value)}`,
                    )
                    .join('；')}
                  <div className="hj-muted">理由：{setting.reason}</div>
                </>
              ),
            }))}
          />
        )
      }
    >
      {data && (
        <>
          {data.pendingChange && (
            <Alert
              type="warning"
              showIcon
              style={{ marginBottom: 12 }}
              title={
                <>
                  {data.pendingChange.proposedByName} 于 {formatInstant(data.pendingChange.proposedAt)}{' '}
                  提出的调整等待第二人批准，批准前原值有效。
                  <Link to={`/setting-changes?id=${data.pendingChange.id}`}>查看</Link>
                </>
              }
            />
          )}
          <Panel title="含义">
            <p style={{ marginTop: 0 }}>{sentenceWith(data.sentence, data.parameters)}</p>
            <Facts
              items={[
                { label: '类别', value: modes[data.mode] },
                { label: '对象', value: subjects[data.subject] ?? data.subject },
                { label: '时机', value: data.event ? (EVENTS[data.event] ?? data.event) : null },
                { label: '周期', value: data.schedule ? SCHEDULES[data.schedule] : null },
                { label: '业务类型', value: data.businessKinds.map(titleOf).join('、') },
                { label: '最小样本', value: data.minimumSample || null },
                { label: '版本', value: `第 ${data.version} 版` },
                { label: '依据', value: data.legalBasis },
              ]}
            />
          </Panel>
          <Panel title="现行参数">
            <p className="hj-muted" style={{ marginTop: 0 }}>
              {data.enabled ? '已启用' : '已停用'}，
              {data.enabledFrom ? (
                <>
                  由<UnitName path={data.enabledFrom} />
                  设定
                </>
              ) : (
                '启停为出厂设置'
              )}
              。
            </p>
            <Table
              size="small"
              rowKey="name"
              pagination={false}
              scroll={{ x: 'max-content' }}
              dataSource={data.parameters}
              columns={[
                { title: '参数', dataIndex: 'title' },
                { title: '现行值', align: 'right', render: (_, row) => formatParameter(row.value) },
                { title: '出厂值', align: 'right', render: (_, row) => formatParameter(row.default) },
                {
                  title: '下级',
                  render: (_, row) =>
                    row.bound ? (
                      <>
                        只可收紧（
                        <UnitName path={row.bound} />）
                      </>
                    ) : row.tightenOnly ? (
                      '只可收紧'
                    ) : (
                      '可自行设定'
                    ),
                },
                { title: '由谁设定', render: (_, row) => (row.from ? <UnitName path={row.from} /> : '出厂') },
              ]}
            />
          </Panel>
          {data.mode === 'post_hoc' && (
            <Panel
              title="第二阈值"
              extra={
                can('supervision.indicator.update') && (
                  <Button
                    size="small"
                    disabled={data.pendingChange !== null}
                    onClick={() => setSecondOpen(true)}
                  >
                    设置
                  </Button>
                )
              }
            >
              <SecondThresholdInForce indicator={data} />
            </Panel>
          )}
          {data.mode === 'post_hoc' && can('supervision.case.find') && (
            <ThresholdAdvicePanel key={unitPath} code={code} unitPath={unitPath} />
          )}
          <Collapse
            style={{ marginTop: 12 }}
            items={[
              {
                key: 'definition',
                label: '定义（数据）',
                children: <pre className="hj-code hj-pre">{JSON.stringify(data.definition, null, 2)}</pre>,
              },
            ]}
          />
          <SecondThreshold
            open={secondOpen}
            of={{
              code,
              unitPath,
              value: data.secondThreshold?.from === unitPath ? data.secondThreshold.value : null,
            }}
            onClose={() => setSecondOpen(false)}
          />
          <IndicatorSettings open={open} indicator={data} onClose={() => setOpen(false)} />
        </>
      )}
    </DetailPage>
  )
}

function SecondThresholdInForce({
  indicator: { secondThreshold, comparison, unit },
}: {
  indicator: {
    secondThreshold: { value: number | null; from: string } | null
    comparison: string
    unit: string
  }
}) {
  if (!secondThreshold) return <span className="hj-muted">未设定，嫌疑业务不推送队伍管理系统。</span>
  const { value, from } = secondThreshold
  return (
    <>
      {value === null ? '不推送' : `${formatThreshold(comparison, value, unit)} 的推送队伍管理系统`}，由
      <UnitName path={from} />
      设定。
    </>
  )
}
