/** Bind an authenticator: password, picture to scan, first code. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Typography } from 'antd'
import { toDataURL } from 'qrcode'
import { useState } from 'react'
import { ProblemAlert, useSubmit } from '../parts/problem-alert.tsx'
import { identity } from '../session.ts'

interface Secret {
  secret: string
  picture: string
}

export default function TotpEnrolment({ onDone }: { onDone: () => void }) {
  const [secret, setSecret] = useState<Secret | null>(null)
  return secret ? <Confirm secret={secret} onDone={onDone} /> : <Begin onBegun={setSecret} />
}

function Begin({ onBegun }: { onBegun: (secret: Secret) => void }) {
  const [form] = Form.useForm()
  const { busy, error, submit } = useSubmit<{ currentPassword: string }>(form, async (values) => {
    const { secret, uri } = await identity.enrolTotp(values)
    onBegun({ secret, picture: await toDataURL(uri, { margin: 1, width: 200 }) })
  })
  return (
    <>
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item
          name="currentPassword"
          label="登录密码"
          rules={[{ required: true, message: '请输入登录密码' }]}
        >
          <Input.Password autoFocus autoComplete="current-password" />
        </Form.Item>
        <Button block type="primary" htmlType="submit" loading={busy}>
          下一步
        </Button>
      </Form>
    </>
  )
}

function Confirm({ secret, onDone }: { secret: Secret; onDone: () => void }) {
  const queries = useQueryClient()
  const [form] = Form.useForm()
  const { busy, error, submit } = useSubmit<{ code: string }>(form, async (values) => {
    await identity.confirmTotp(values)
    await queries.invalidateQueries({ queryKey: ['session'] })
    onDone()
  })
  return (
    <>
      <ProblemAlert error={error} />
      <ol style={{ paddingInlineStart: 18 }}>
        <li>在手机上打开身份验证器，扫描二维码。</li>
        <li>输入它显示的 6 位口令。</li>
      </ol>
      <div style={{ textAlign: 'center' }}>
        <img src={secret.picture} alt="绑定用二维码" width={200} height={200} />
        <div className="hj-small hj-muted">不能扫码时手工输入密钥</div>
        <Typography.Text copyable className="hj-code">
          {secret.secret}
        </Typography.Text>
      </div>
      <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item
          name="code"
          label="动态口令"
          rules={[{ required: true, pattern: /^\d{6}$/, message: '请输入 6 位数字' }]}
        >
          <Input autoFocus inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
        </Form.Item>
        <Button block type="primary" htmlType="submit" loading={busy}>
          完成绑定
        </Button>
      </Form>
    </>
  )
}
