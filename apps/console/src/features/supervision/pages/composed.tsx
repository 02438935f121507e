/** One composed indicator: its versions, what may be done with each, and its back-tests. */
import type { ComposedVersionView } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { App, Button, DatePicker, Form, Modal, Space, Table, Tag } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { formatInstant, today } from '../../../formats.ts'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { composedQuery, supervision, useSupervisionMoved } from '../api.ts'
import { backTestStates, composedStates } from '../labels.ts'

type Action = Exclude<ComposedVersionView['allowed'][number], 'save'> | 'switch_off'
const WORDS: Readonly<Record<Action, { button: string; effect: string; label: string; optional?: boolean }>> =
  {
    submit: { button: '提交批准', effect: '提交后由本级或上级的另一人批准，批准前不能再改。', label: '说明' },
    approve: {
      button: '批准',
      effect: '批准后可以启用。请先看含义和回测结果。',
      label: '意见',
      optional: true,
    },
    refuse: { button: '不批准', effect: '意见送编制人，可另存新版本再提交。', label: '意见' },
    switch_on: {
      button: '启用',
      effect: '从下一次研判（或受理业务）起按该版本判定。',
      label: '理由',
    },
    switch_off: { button: '停用', effect: '不再判定；已有的研判结果和嫌疑业务不变。', label: '理由' },
  }

export function ComposedPage() {
  const { code } = useParams({ strict: false }) as { code: string }
  const { data, error, isPending, refetch } = useQuery({ ...composedQuery(code), refetchInterval: 5000 })
  const [doing, setDoing] = useState<{ number: number; action: Action } | null>(null)
  const [testing, setTesting] = useState<number | null>(null)
  const can = useCan()
  const navigate = useNavigate()
  return (
    <DetailPage
      title={data ? `${data.code} ${data.title}` : code}
      state={data && (data.switchedOn ? <Tag color="success">启用</Tag> : <Tag>停用</Tag>)}
      back={{ to: '/composed-indicators', label: '自编指标' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        <>
          {data?.allowed.includes('save') && (
            <Button onClick={() => void navigate({ to: `/composed-indicators/${code}/compose` })}>
              编制新版本
            </Button>
          )}
          {data?.allowed.includes('switch_off') && (
            <Button danger onClick={() => setDoing({ number: data.published ?? 0, action: 'switch_off' })}>
              停用
            </Button>
          )}
        </>
      }
    >
      {data?.versions.map((version) => (
        <Panel
          key={version.number}
          title={`第 ${version.number} 版`}
          extra={
            <Space wrap size={4}>
              <StateTag state={version.state} labels={composedStates} />
              {data.switchedOn && data.published === version.number && <Tag color="success">现行</Tag>}
              {can('supervision.indicator.compose') && (
                <Button size="small" onClick={() => setTesting(version.number)}>
                  回测
                </Button>
              )}
              {version.allowed.map((action) =>
                action === 'save' ? null : (
                  <Button
                    key={action}
                    size="small"
                    type={action === 'refuse' ? 'default' : 'primary'}
                    onClick={() => setDoing({ number: version.number, action })}
                  >
                    {WORDS[action].button}
                  </Button>
                ),
              )}
            </Space>
          }
        >
          <p style={{ marginTop: 0 }}>
            {version.sentence.replace('X1', ` ${version.composition.threshold} `)}
          </p>
          <Facts
            items={[
              { label: '名称', value: version.title },
              { label: '编制人', value: version.proposedByName },
              { label: '保存时间', value: formatInstant(version.savedAt) },
              { label: '依据', value: version.composition.legalBasis || null },
              { label: '提交说明', value: version.reason },
              {
                label: '批准',
                value:
                  version.decidedByName && `${version.decidedByName} ${formatInstant(version.decidedAt)}`,
              },
              { label: '意见', value: version.opinion },
              { label: '说明', value: version.refusedBecause },
            ]}
          />
        </Panel>
      ))}
      {data && (
        <Panel title="回测">
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={data.backTests}
            locale={{ emptyText: '还没有回测。用历史数据看它会发现什么，再提交批准。' }}
            columns={[
              {
                title: '期间',
                render: (_, row) => <Link to={`/back-tests/${row.id}`}>{`${row.from} 至 ${row.to}`}</Link>,
              },
              { title: '版本', render: (_, row) => `第 ${row.number} 版` },
              { title: '状态', render: (_, row) => <StateTag state={row.state} labels={backTestStates} /> },
              { title: '命中', align: 'right', render: (_, row) => row.fired ?? '—' },
              { title: '发起人', dataIndex: 'requestedByName' },
              { title: '发起时间', render: (_, row) => formatInstant(row.requestedAt) },
            ]}
          />
        </Panel>
      )}
      {doing && <Doing code={code} {...doing} onClose={() => setDoing(null)} />}
      {testing !== null && <BackTestDialog code={code} number={testing} onClose={() => setTesting(null)} />}
    </DetailPage>
  )
}

function Doing({
  code,
  number,
  action,
  onClose,
}: {
  code: string
  number: number
  action: Action
  onClose: () => void
}) {
  const moved = useSupervisionMoved()
  const { message } = App.useApp()
  const words = WORDS[action]
  return (
    <ReasonDialog
      open
      title={`${words.button} ${code}${action === 'switch_off' ? '' : ` 第 ${number} 版`}`}
      effect={words.effect}
      label={words.label}
      optional={words.optional ?? false}
      seenBy="编制人、本级及上级的监管人员、审计管理员"
      okText={words.button}
      danger={action === 'refuse' || action === 'switch_off'}
      onCancel={onClose}
      onSubmit={async (reason) => {
        const one = { code, number }
        if (action === 'submit') await supervision.submitComposed({ ...one, reason })
        else if (action === 'refuse') await supervision.refuseComposed({ ...one, opinion: reason })
        else if (action === 'approve')
          await supervision.approveComposed({ ...one, ...(reason ? { opinion: reason } : {}) })
        else
          await supervision.switchComposed({ code, number: action === 'switch_on' ? number : null, reason })
        message.success('已办理')
        onClose()
        await moved()
      }}
    />
  )
}

function BackTestDialog({ code, number, onClose }: { code: string; number: number; onClose: () => void }) {
  const [form] = Form.useForm<{ period: [Dayjs, Dayjs] }>()
  const navigate = useNavigate()
  const { busy, error, submit } = useSubmit<{ period: [Dayjs, Dayjs] }>(form, async ({ period }) => {
    const test = await supervision.startBackTest({
      code,
      number,
      from: period[0].format('YYYY-MM-DD'),
      to: period[1].format('YYYY-MM-DD'),
    })
    await navigate({ to: `/back-tests/${test.id}` })
  })
  const last = dayjs(today()).subtract(1, 'month').endOf('month')
  return (
    <Modal
      open
      title={`回测 ${code} 第 ${number} 版`}
      okText="开始"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="hj-muted">看该版本在过去会发现什么。回测不登记研判结果，也不产生嫌疑业务。</p>
      <ProblemAlert error={error} />
      <Form
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{ period: [last.subtract(11, 'month').startOf('month'), last] }}
      >
        <Form.Item name="period" label="期间" rules={[{ required: true, message: '请选择期间' }]}>
          <DatePicker.RangePicker style={{ width: '100%' }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
