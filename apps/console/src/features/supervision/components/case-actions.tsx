/** What may be done with a suspect case now: assign, start, record, submit, close, send back or reopen. */
import type { CaseDetail } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Form, Modal, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { Kbd } from '../../../parts/kbd.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useHotkeys } from '../../../parts/use-hotkeys.ts'
import { identity, useCan } from '../../../session.ts'
import { supervision, useSupervisionMoved } from '../api.ts'
import { caseOutcomes } from '../labels.ts'
import { InvestigationForm } from './investigation-form.tsx'

type Open = 'assign' | 'record' | 'close' | 'return' | 'reopen' | null

export function CaseActions({
  detail,
  layout = 'row',
  onDone,
}: {
  detail: CaseDetail
  layout?: 'row' | 'column'
  onDone?: () => void
}) {
  const [open, setOpen] = useState<Open>(null)
  const moved = useSupervisionMoved()
  const { message, notification } = App.useApp()
  const { id, allowed } = detail
  const finish = async (words: string, goOn: boolean): Promise<void> => {
    message.success(`${words}：${detail.number}`)
    setOpen(null)
    if (goOn) onDone?.()
    await moved()
  }
  const act = async (work: Promise<unknown>, words: string, goOn: boolean): Promise<void> => {
    try {
      await work
      await finish(words, goOn)
    } catch (error) {
      notification.error({ title: '未能完成', description: <ProblemAlert error={error} /> })
    }
  }
  const start = (): void => void act(supervision.startInvestigation({ id }), '已开始调查', false)
  const send = (): void => void act(supervision.submitCase({ id }), '已提交审核', true)
  const may = (action: (typeof allowed)[number], run: () => void) =>
    allowed.includes(action) ? run : undefined
  useHotkeys({
    a: may('assign', () => setOpen('assign')),
    b: may('start', start),
    e: may('record', () => setOpen('record')),
    t: may('submit', send),
    c: may('review', () => setOpen('close')),
    x: may('review', () => setOpen('return')),
    r: may('reopen', () => setOpen('reopen')),
  })
  const button = (
    label: string,
    key: string,
    run: () => void,
    props: { primary?: boolean; danger?: boolean } = {},
  ): ReactNode => (
    <Button
      key={key}
      block={layout === 'column'}
      type={props.primary ? 'primary' : 'default'}
      danger={props.danger === true}
      onClick={run}
    >
      {label}
      {layout === 'column' && <Kbd>{key.toUpperCase()}</Kbd>}
    </Button>
  )
  return (
    <>
      {allowed.includes('assign') &&
        button('分派', 'a', () => setOpen('assign'), { primary: detail.state === 'pending' })}
      {allowed.includes('start') && button('开始调查', 'b', start, { primary: true })}
      {allowed.includes('record') &&
        button('记录调查', 'e', () => setOpen('record'), { primary: !detail.result })}
      {allowed.includes('submit') && button('提交审核', 't', send, { primary: Boolean(detail.result) })}
      {allowed.includes('review') && button('审核办结', 'c', () => setOpen('close'), { primary: true })}
      {allowed.includes('review') && button('退回重办', 'x', () => setOpen('return'), { danger: true })}
      {allowed.includes('reopen') &&
        button('重新立案', 'r', () => setOpen('reopen'), { primary: detail.worsenedAt !== null })}
      {allowed.length === 0 && layout === 'column' && (
        <span className="hj-muted">您现在不能对这件嫌疑业务做什么。</span>
      )}
      {open === 'assign' && (
        <AssignDialog
          detail={detail}
          onCancel={() => setOpen(null)}
          onDone={() => void finish('已分派', true)}
        />
      )}
      <Modal
        open={open === 'record'}
        title={`记录调查 · ${detail.number}`}
        width={640}
        footer={null}
        onCancel={() => setOpen(null)}
        destroyOnHidden
      >
        <InvestigationForm detail={detail} onDone={() => void finish('已记录', false)} />
      </Modal>
      {open === 'close' && (
        <ReasonDialog
          open
          title={`审核办结 · ${detail.number}`}
          effect="办结后不能再调查。结论计入指标的准确率。"
          label="审核意见"
          seenBy="承办人、登记人、本机构及上级负责人、审计管理员"
          okText="办结"
          onCancel={() => setOpen(null)}
          onSubmit={async (opinion, values) => {
            const outcome = values['outcome'] as 'confirmed'
            await supervision.reviewCase({ id, decision: { kind: 'close', outcome, opinion } })
            await finish('已办结', true)
          }}
        >
          <Form.Item name="outcome" label="结论" rules={[{ required: true, message: '请选择结论' }]}>
            <Select placeholder="请选择" options={stateOptions(caseOutcomes)} />
          </Form.Item>
        </ReasonDialog>
      )}
      {open === 'return' && (
        <ReasonDialog
          open
          title={`退回重办 · ${detail.number}`}
          effect="退回承办人重新调查，时限重新起算。"
          seenBy="承办人、登记人、本机构及上级负责人、审计管理员"
          presets={['调查不充分', '责任人员未查明', '缺少佐证材料']}
          okText="退回"
          danger
          onCancel={() => setOpen(null)}
          onSubmit={async (reason) => {
            await supervision.reviewCase({ id, decision: { kind: 'return', reason } })
            await finish('已退回', true)
          }}
        />
      )}
      {open === 'reopen' && (
        <ReasonDialog
          open
          title={`重新立案 · ${detail.number}`}
          effect="案件回到待处理，时限重新起算；原结论留在办理过程中，不再计入准确率。"
          seenBy="承办人、登记人、本机构及上级负责人、审计管理员"
          presets={['办结后到的数据使情况加重', '发现新的线索']}
          okText="重新立案"
          onCancel={() => setOpen(null)}
          onSubmit={async (reason) => {
            await supervision.reopenCase({ id, reason })
            await finish('已重新立案', true)
          }}
        />
      )}
    </>
  )
}

function AssignDialog({
  detail,
  onCancel,
  onDone,
}: {
  detail: CaseDetail
  onCancel: () => void
  onDone: () => void
}) {
  return (
    <ReasonDialog
      open
      title={`分派 · ${detail.number}`}
      label="交办说明（可不填）"
      optional
      seenBy="承办机构、承办人、上级负责人"
      okText="分派"
      initialValues={{ unitPath: detail.assignedPath ?? detail.unitPath }}
      onCancel={onCancel}
      onSubmit={async (note, values) => {
        await supervision.assignCase({
          id: detail.id,
          unitPath: values['unitPath'] as string,
          ...(values['assigneeId'] ? { assigneeId: values['assigneeId'] as string } : {}),
          ...(note ? { note } : {}),
        })
        onDone()
      }}
    >
      <Form.Item name="unitPath" label="承办机构" rules={[{ required: true, message: '请选择机构' }]}>
        <UnitSelect by="path" width="100%" allowClear={false} />
      </Form.Item>
      <AssigneeField />
    </ReasonDialog>
  )
}

/** Naming a person needs the right to look users up; without it the unit is enough. */
function AssigneeField() {
  const can = useCan()
  const unitPath = Form.useWatch('unitPath') as string | undefined
  const users = useQuery({
    queryKey: ['users', 'assignees', unitPath],
    enabled: can('identity.user.find') && Boolean(unitPath),
    queryFn: async () => (await identity.findUsers({ under: unitPath!, state: 'active', limit: 100 })).items,
  })
  if (!can('identity.user.find')) return null
  return (
    <Form.Item name="assigneeId" label="承办人" extra="不指定则该机构有权限的人都可以承办。">
      <Select
        allowClear
        loading={users.isFetching}
        showSearch={{ optionFilterProp: 'label' }}
        options={(users.data ?? []).map((user) => ({
          value: user.id,
          label: `${user.name}（${user.unit.name}）`,
        }))}
      />
    </Form.Item>
  )
}
