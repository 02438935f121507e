import { Button, Form, Input } from 'antd'
import { ProblemAlert, useSubmit } from '../parts/problem-alert.tsx'
import { identity, takeSession } from '../session.ts'

interface Values {
  currentPassword: string
  newPassword: string
  again: string
}

export function PasswordForm({ onDone }: { onDone?: () => void }) {
  const [form] = Form.useForm<Values>()
  const { busy, error, submit } = useSubmit<Values>(form, async ({ currentPassword, newPassword }) => {
    takeSession(await identity.changePassword({ currentPassword, newPassword }))
    form.resetFields()
    onDone?.()
  })
  return (
    <>
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item
          name="currentPassword"
          label="当前密码"
          rules={[{ required: true, message: '请输入当前密码' }]}
        >
          <Input.Password autoFocus autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label="新密码"
          rules={[{ required: true, message: '请输入新密码' }]}
          extra="至少 10 位，含大写字母、小写字母、数字、符号中的三类；不得与最近用过的密码相同，不得含用户名。"
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label="再输一次新密码"
          dependencies={['newPassword']}
          rules={[
            { required: true, message: '请再输一次新密码' },
            ({ getFieldValue }) => ({
              validator: async (_, value: string) => {
                if (value && value !== getFieldValue('newPassword')) throw new Error('两次输入的新密码不一致')
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button block type="primary" htmlType="submit" loading={busy}>
          修改密码
        </Button>
      </Form>
    </>
  )
}
