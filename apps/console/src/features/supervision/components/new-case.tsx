/** A suspect case entered by hand. */
import { useNavigate } from '@tanstack/react-router'
import { Form, Input, Modal, Select } from 'antd'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { supervision, useSupervisionMoved } from '../api.ts'

interface Values {
  title: string
  description: string
  subjectKind: 'vehicle'
  subjectKey: string
  unitPath?: string
}

const KINDS = [
  { value: 'vehicle', label: '机动车' },
  { value: 'person', label: '人员' },
  { value: 'organisation', label: '单位' },
  { value: 'institution', label: '社会化机构' },
  { value: 'transaction', label: '业务流水' },
  { value: 'user', label: '经办人员' },
  { value: 'other', label: '其他' },
]

export function NewCase({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form] = Form.useForm<Values>()
  const moved = useSupervisionMoved()
  const navigate = useNavigate()
  const { busy, error, submit } = useSubmit<Values>(form, async (values) => {
    const opened = await supervision.openCase({
      source: 'manual',
      title: values.title,
      description: values.description,
      subjectKind: values.subjectKind,
      subjectKey: values.subjectKey,
      subjectLabel: values.subjectKey,
      ...(values.unitPath ? { unitPath: values.unitPath } : {}),
    })
    onClose()
    await moved()
    await navigate({ to: `/suspect-cases/${opened.id}` })
  })
  return (
    <Modal
      open={open}
      title="登记嫌疑业务"
      okText="登记"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} initialValues={{ subjectKind: 'vehicle' }}>
        <Form.Item name="title" label="标题" rules={[{ required: true, min: 2, message: '请填写标题' }]}>
          <Input autoFocus maxLength={120} />
        </Form.Item>
        <Form.Item name="subjectKind" label="对象类别">
          <Select options={KINDS} />
        </Form.Item>
        <Form.Item
          name="subjectKey"
          label="对象"
          extra="号牌号码、机构名称、流水号等。请勿填写身份证号码。"
          rules={[{ required: true, message: '请填写对象' }]}
        >
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item
          name="description"
          label="情况"
          rules={[{ required: true, min: 2, message: '请说明情况' }]}
        >
          <Input.TextArea rows={4} maxLength={4000} />
        </Form.Item>
        <Form.Item name="unitPath" label="发生机构" extra="不填为本机构。">
          <UnitSelect by="path" width="100%" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
