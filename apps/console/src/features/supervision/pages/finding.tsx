import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { App, Button, DatePicker, Form } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { formatInstant, today } from '../../../formats.ts'
import { ChartWithTable } from '../../../parts/chart-with-table.tsx'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { findingQuery, supervision, useSupervisionMoved } from '../api.ts'
import { Explanation } from '../components/explanation.tsx'
import { FindingFacts } from '../components/finding-facts.tsx'
import { FindingHistory } from '../components/finding-history.tsx'
import { findingStates, formatMeasure, measureUnit } from '../labels.ts'

export function FindingPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(findingQuery(id))
  const [suppressing, setSuppressing] = useState(false)
  const moved = useSupervisionMoved()
  const navigate = useNavigate()
  const { message, notification } = App.useApp()
  const openCase = async (): Promise<void> => {
    try {
      const opened = await supervision.openCase({ source: 'finding', findingIds: [id] })
      await moved()
      await navigate({ to: `/suspect-cases/${opened.id}` })
    } catch (thrown) {
      notification.error({ title: '未能登记', description: <ProblemAlert error={thrown} /> })
    }
  }
  const periods = data ? [...data.earlier, data].sort((a, b) => a.periodTo.localeCompare(b.periodTo)) : []
  return (
    <DetailPage
      title={data ? data.subjectLabel : '研判结果'}
      state={data && <StateTag state={data.state} labels={findingStates} />}
      back={{ to: '/findings', label: '研判结果' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        <>
          {data?.allowed.includes('open_case') && (
            <Button type="primary" onClick={() => void openCase()}>
              登记为嫌疑业务
            </Button>
          )}
          {data?.allowed.includes('suppress') && <Button onClick={() => setSuppressing(true)}>屏蔽</Button>}
        </>
      }
    >
      {data && (
        <>
          <Panel title={`${data.code} ${data.title}`}>
            <Explanation explanation={data.explanation} />
            <hr className="hj-rule" />
            <Facts
              items={[
                {
                  label: '对象',
                  value: <MaybeLink to={data.subjectLink}>{data.subjectLabel}</MaybeLink>,
                },
                { label: '期间', value: `${data.periodFrom} 至 ${data.periodTo}` },
                { label: '机构', value: data.unitName ?? data.unitPath },
                { label: '研判任务', value: <Link to={`/analysis-runs/${data.runId}`}>查看</Link> },
                {
                  label: '嫌疑业务',
                  value: data.caseId && <Link to={`/suspect-cases/${data.caseId}`}>{data.caseNumber}</Link>,
                },
                { label: '发现时间', value: formatInstant(data.foundAt) },
                { label: '屏蔽至', value: data.suppressedUntil },
                { label: '屏蔽理由', value: data.suppressedReason },
              ]}
            />
          </Panel>
          {periods.length > 1 && (
            <ChartWithTable
              title="历次测得"
              shape="bar"
              categoryTitle="期间"
              rows={periods.map((row) => ({
                key: row.id,
                label: row.periodTo,
                values: { measured: row.measured, base: row.base },
              }))}
              series={[
                {
                  key: 'measured',
                  title: '测得',
                  unit: measureUnit(data.unit),
                  ...(data.threshold !== null && data.base === null
                    ? {
                        limit: {
                          value: data.threshold,
                          label: `阈值 ${formatMeasure(data.threshold, data.unit)}`,
                        },
                      }
                    : {}),
                },
                ...(periods.some(({ base }) => base !== null)
                  ? [{ key: 'base', title: '对照', unit: measureUnit(data.unit) }]
                  : []),
              ]}
              onPick={(row) => void navigate({ to: `/findings/${row.key}` })}
            />
          )}
          <FindingHistory id={id} />
          <FindingFacts id={id} />
          <ReasonDialog
            open={suppressing}
            title="屏蔽研判结果"
            effect="截止日之前，本指标对该对象的新结果不再列为待处理；到期自动恢复。"
            seenBy="本机构及上级监管人员、审计管理员"
            presets={['已核实为正常业务', '数据来源有误']}
            okText="屏蔽"
            initialValues={{ until: dayjs(today()).add(3, 'month') }}
            onCancel={() => setSuppressing(false)}
            onSubmit={async (reason, values) => {
              await supervision.suppressFinding({
                id,
                reason,
                until: (values['until'] as dayjs.Dayjs).format('YYYY-MM-DD'),
              })
              message.success('已屏蔽')
              setSuppressing(false)
              await moved()
            }}
          >
            <Form.Item name="until" label="屏蔽至" rules={[{ required: true, message: '请选择截止日' }]}>
              <DatePicker style={{ width: '100%' }} minDate={dayjs(today()).add(1, 'day')} />
            </Form.Item>
          </ReasonDialog>
        </>
      )}
    </DetailPage>
  )
}
