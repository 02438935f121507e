import type { RoleView } from '@hengjian/identity/contract'
import { Form, Input, Modal, Select } from 'antd'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { identity, identityKeys, useStale } from '../api.ts'
import { optionsOf, roleClasses } from '../labels.ts'

interface Values {
  code: string
  name: string
  roleClass: RoleView['roleClass']
}

export function NewRole({
  open,
  onClose,
  onCreated,
}: {
  open: boolean
  onClose: () => void
  onCreated: (role: RoleView) => void
}) {
  const [form] = Form.useForm<Values>()
  const stale = useStale()
  const { busy, error, submit } = useSubmit<Values>(form, async (values) => {
    const role = await identity.createRole({ ...values, permissions: [] })
    await stale(identityKeys.roles)
    onCreated(role)
    onClose()
  })
  return (
    <Modal
      open={open}
      title="新建角色"
      okText="创建"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} initialValues={{ roleClass: 'business' }}>
        <Form.Item name="name" label="名称" rules={[{ required: true, message: '请输入名称' }]}>
          <Input autoFocus maxLength={40} />
        </Form.Item>
        <Form.Item
          name="code"
          label="代码"
          extra="小写字母开头，可含数字与 _，创建后不能更改。"
          rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{1,39}$/, message: '代码格式有误' }]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="roleClass" label="类别" extra="一个账号只能持有同一类别的角色。">
          <Select options={optionsOf(roleClasses)} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
