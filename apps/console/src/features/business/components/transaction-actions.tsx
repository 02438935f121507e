/** What the server says may be done now, each with its words; decisions ask for their reason. */
import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Kbd } from '../../../parts/kbd.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { useHotkeys } from '../../../parts/use-hotkeys.ts'
import { business, type Transaction, useTransactionMoved } from '../api.ts'
import { amendmentFields, ended, optionsOf, steps as stepWords, wordOf } from '../labels.ts'

type Action = Transaction['actions'][number]

interface Deed {
  action: Action
  label: string
  key: string
  title: string
  effect: string
  danger?: boolean
  /** The reason may be left out (an opinion). */
  optional?: boolean
  presets?: readonly string[]
  send: (id: string, reason: string, values: Record<string, unknown>) => Promise<unknown>
}

const step =
  (name: 'review' | 'issue' | 'archive') =>
  (id: string, opinion: string): Promise<unknown> =>
    business.completeStep({ id, step: name, ...(opinion ? { opinion } : {}) })

const DEEDS: readonly Deed[] = [
  {
    action: 'review',
    label: '复核通过',
    key: 'r',
    title: '复核通过',
    effect: '业务转入下一环节。',
    optional: true,
    presets: ['材料齐全，复核通过'],
    send: step('review'),
  },
  {
    action: 'issue',
    label: '制证完成',
    key: 'p',
    title: '制证完成',
    effect: '证件已制作，业务转入归档。',
    optional: true,
    send: step('issue'),
  },
  {
    action: 'archive',
    label: '归档办结',
    key: 'g',
    title: '归档办结',
    effect: '业务办结，结果写入档案。',
    optional: true,
    send: step('archive'),
  },
  {
    action: 'resubmit',
    label: '补正后提交',
    key: 'e',
    title: '补正后重新提交复核',
    effect: '业务回到复核环节。',
    optional: true,
    send: (id, opinion) => business.resubmitTransaction({ id, ...(opinion ? { opinion } : {}) }),
  },
  {
    action: 'return',
    label: '退回补正',
    key: 'b',
    title: '退回补正',
    effect: '业务退回受理人补正，办理时限继续计算。',
    presets: ['材料不齐', '信息录入有误', '影像不清晰'],
    send: (id, reason) => business.returnTransaction({ id, reason }),
  },
  {
    action: 'amend',
    label: '流水修改',
    key: 'm',
    title: '流水修改',
    effect: '修改在办流水的一项信息，修改前后均留痕，并重新预警。',
    send: (id, reason, values) =>
      business.amendTransaction({
        id,
        reason,
        ...(values as { field: 'address'; value: string; region?: string }),
      }),
  },
  {
    action: 'suspend',
    label: '挂起',
    key: 'x',
    title: '挂起业务',
    effect: '暂停办理，恢复前不能继续。',
    presets: ['等待申请人补充材料', '等待外部核查结果'],
    send: (id, reason) => business.suspendTransaction({ id, reason }),
  },
  {
    action: 'resume',
    label: '恢复办理',
    key: 'e',
    title: '恢复办理',
    effect: '业务恢复到挂起前的环节。',
    optional: true,
    send: (id) => business.resumeTransaction({ id }),
  },
  {
    action: 'withdraw',
    label: '退办',
    key: 'w',
    title: '退办业务',
    effect: '业务终止，没有结果；所选号码释放。不能恢复。',
    danger: true,
    presets: ['申请人要求退办', '不符合办理条件'],
    send: (id, reason) => business.withdrawTransaction({ id, reason }),
  },
]

const SEEN_BY = '本业务后续环节经办人、本机构负责人、监管人员'

export function TransactionActions({
  transaction,
  layout = 'row',
  onDone,
}: {
  transaction: Transaction
  layout?: 'row' | 'column'
  onDone?: () => void
}) {
  const [open, setOpen] = useState<Deed | null>(null)
  const moved = useTransactionMoved()
  const { message } = App.useApp()
  const deeds = DEEDS.filter(({ action }) => transaction.actions.includes(action))
  useHotkeys(Object.fromEntries(deeds.map((deed) => [deed.key, () => setOpen(deed)])))
  const main = deeds.find(({ action }) =>
    ['review', 'issue', 'archive', 'resubmit', 'resume'].includes(action),
  )
  if (deeds.length === 0)
    return layout === 'column' ? <span className="hj-muted">{waitsFor(transaction)}</span> : null
  return (
    <>
      {deeds.map((deed) => (
        <Button
          key={deed.action}
          block={layout === 'column'}
          type={deed === main ? 'primary' : 'default'}
          danger={deed.danger === true}
          onClick={() => setOpen(deed)}
        >
          {deed.label}
          {layout === 'column' && <Kbd>{deed.key.toUpperCase()}</Kbd>}
        </Button>
      ))}
      {open && (
        <ReasonDialog
          open
          title={`${open.title} · ${transaction.serial}`}
          effect={open.effect}
          label={open.optional ? '意见（可不填）' : '理由'}
          optional={open.optional === true}
          danger={open.danger === true}
          okText={open.label}
          seenBy={SEEN_BY}
          {...(open.presets ? { presets: open.presets } : {})}
          onCancel={() => setOpen(null)}
          onSubmit={async (reason, values) => {
            await open.send(transaction.id, reason, values)
            message.success(`${open.label}：${transaction.serial}`)
            setOpen(null)
            await moved()
            onDone?.()
          }}
        >
          {open.action === 'amend' && <AmendmentFields />}
        </ReasonDialog>
      )}
    </>
  )
}

/** Why there is nothing to do here: what the transaction waits for. */
function waitsFor({ state, steps }: Transaction): string {
  if (ended(state)) return '业务已结束。'
  if (state === 'held') return '等待负责人授权，授权前不能继续。'
  const open = steps.find((step) => step.state === 'open')
  return open ? `等待${wordOf(stepWords, open.step)}，由有该环节权限的人员办理。` : '您现在不能办理这件业务。'
}

function AmendmentFields() {
  const field = Form.useWatch('field') as string | undefined
  return (
    <>
      <Form.Item name="field" label="修改项目" rules={[{ required: true, message: '请选择' }]}>
        <Select options={optionsOf(amendmentFields)} />
      </Form.Item>
      <Form.Item
        name="value"
        label="修改为"
        rules={[{ required: true, whitespace: true, message: '请填写新值' }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      {field === 'address' && (
        <Form.Item
          name="region"
          label="新地址行政区划"
          rules={[{ required: true, pattern: /^\d{6}$/, message: '6 位数字' }]}
        >
          <Input maxLength={6} inputMode="numeric" />
        </Form.Item>
      )}
    </>
  )
}
