/** Roles and data scope of an account. Classes exclude each other (the three administrators, business). */
import type { UserView } from '@hengjian/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { Alert, Form, Modal, Select } from 'antd'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { identity, identityKeys, rolesQuery, useStale } from '../api.ts'
import { optionsOf, roleClasses, scopes } from '../labels.ts'

interface Values {
  roleIds: string[]
  scope: UserView['scope']
}

export function RoleAssignment({
  open,
  user,
  onClose,
}: {
  open: boolean
  user: UserView
  onClose: () => void
}) {
  const [form] = Form.useForm<Values>()
  const stale = useStale()
  const roles = useQuery({ ...rolesQuery, enabled: open })
  const chosen: string[] = Form.useWatch('roleIds', form) ?? []
  const first = roles.data?.find(({ id }) => id === chosen[0])
  const { busy, error, submit } = useSubmit<Values>(form, async (values) => {
    await identity.assignRoles({ id: user.id, ...values })
    await stale(identityKeys.users)
    onClose()
  })
  return (
    <Modal
      open={open}
      title={`分配角色 · ${user.name}`}
      okText="保存"
      cancelText="取消"
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <ProblemAlert error={error} labels={{ roleIds: '角色' }} />
      <Form
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{ roleIds: user.roles.map(({ id }) => id), scope: user.scope }}
      >
        <Form.Item name="roleIds" label="角色">
          <Select
            mode="multiple"
            loading={roles.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            options={(roles.data ?? []).map((role) => ({
              value: role.id,
              label: `${role.name}（${roleClasses[role.roleClass]}）`,
              disabled: first !== undefined && role.roleClass !== first.roleClass,
            }))}
          />
        </Form.Item>
        <Form.Item name="scope" label="数据范围" rules={[{ required: true }]}>
          <Select options={optionsOf(scopes)} />
        </Form.Item>
      </Form>
      <Alert
        type="info"
        showIcon
        title="系统、安全、审计三类管理员互斥，也不得兼任业务角色。保存后立即生效，并记入审计日志。"
      />
    </Modal>
  )
}
