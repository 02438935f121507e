/** Every decision asks for its reason and shows who will see it. */
import { EyeOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal, Space } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { ProblemAlert, useSubmit } from './problem-alert.tsx'

export interface ReasonDialogProps {
  open: boolean
  title: string
  /** Who reads the reason afterwards, e.g. `受理人、本机构负责人、审计管理员`. */
  seenBy: string
  /** What the decision does, in one sentence. */
  effect?: ReactNode
  label?: string
  presets?: readonly string[]
  okText: string
  danger?: boolean
  optional?: boolean
  /** Further fields of the decision, as Form items. */
  children?: ReactNode
  initialValues?: Record<string, unknown>
  /** Resolves when the server accepted it; a rejection is shown in the dialog. */
  onSubmit: (reason: string, values: Record<string, unknown>) => Promise<void>
  onCancel: () => void
}

const FIELDS = 'input:not([type=hidden]):not([type=file]):not([disabled]), textarea'

export function ReasonDialog(props: ReasonDialogProps) {
  const [form] = Form.useForm()
  const content = useRef<HTMLDivElement>(null)
  const { open, onSubmit, onCancel, optional = false } = props
  const { busy, error, setError, submit } = useSubmit<{ reason?: string }>(
    form,
    async ({ reason, ...rest }) => {
      await onSubmit(reason ?? '', rest)
    },
  )
  useEffect(() => {
    if (!open) return
    form.resetFields()
    setError(null)
  }, [open, form, setError])
  return (
    <Modal
      open={open}
      title={props.title}
      onCancel={onCancel}
      onOk={form.submit}
      okText={props.okText}
      okButtonProps={{ danger: props.danger === true }}
      cancelText="取消"
      confirmLoading={busy}
      destroyOnHidden
      // What comes first is filled in first.
      afterOpenChange={(shown) => {
        if (shown) content.current?.querySelector<HTMLElement>(FIELDS)?.focus()
      }}
    >
      <div ref={content}>
        {props.effect && <p style={{ marginTop: 0 }}>{props.effect}</p>}
        <ProblemAlert error={error} />
        <Form form={form} layout="vertical" onFinish={submit} initialValues={props.initialValues ?? {}}>
          {props.children}
          <Form.Item
            name="reason"
            label={props.label ?? '理由'}
            rules={
              optional
                ? []
                : [{ required: true, whitespace: true, min: 2, message: '请写明理由（至少两个字）' }]
            }
            extra={
              // Room for the count of characters, which stands on the same line.
              <span style={{ display: 'block', paddingInlineEnd: 72 }}>
                <EyeOutlined aria-hidden /> 可见：{props.seenBy}
              </span>
            }
          >
            <Input.TextArea
              autoFocus
              rows={3}
              maxLength={500}
              showCount
              onPressEnter={submitOnCtrl(form.submit)}
            />
          </Form.Item>
          {props.presets && (
            <Space size={4} wrap>
              <span className="hj-muted hj-small">常用：</span>
              {props.presets.map((preset) => (
                <Button key={preset} size="small" onClick={() => form.setFieldValue('reason', preset)}>
                  {preset}
                </Button>
              ))}
            </Space>
          )}
        </Form>
      </div>
    </Modal>
  )
}

const submitOnCtrl = (submit: () => void) => (event: React.KeyboardEvent) => {
  if (event.ctrlKey || event.metaKey) submit()
}
