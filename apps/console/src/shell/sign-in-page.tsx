import { LockOutlined, UserOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { ProblemAlert, useSubmit } from '../parts/problem-alert.tsx'
import { identity, takeSession } from '../session.ts'

export function SignInPage() {
  const [form] = Form.useForm()
  const { busy, error, submit } = useSubmit<{ userName: string; password: string }>(form, async (values) => {
    takeSession(await identity.signIn(values))
  })
  return (
    <main className="hj-sign-in">
      <div className="hj-sign-in-box">
        <div style={{ display: 'flex', alignItems: 'center', gap: 12, marginBottom: 20 }}>
          <img src="/mark.svg" alt="" width={44} height={44} />
          <div>
            <h1 style={{ margin: 0, fontSize: 24, letterSpacing: 4 }}>衡鉴</h1>
            <span className="hj-muted">政务业务办理与综合监管平台</span>
          </div>
        </div>
        <section className="hj-panel" style={{ padding: 24 }} aria-label="登录">
          <ProblemAlert error={error} />
          <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>
            <Form.Item name="userName" label="用户名" rules={[{ required: true, message: '请输入用户名' }]}>
              <Input
                autoFocus
                size="large"
                autoComplete="username"
                prefix={<UserOutlined className="hj-muted" />}
              />
            </Form.Item>
            <Form.Item name="password" label="密码" rules={[{ required: true, message: '请输入密码' }]}>
              <Input.Password
                size="large"
                autoComplete="current-password"
                prefix={<LockOutlined className="hj-muted" />}
              />
            </Form.Item>
            <Button block type="primary" size="large" htmlType="submit" loading={busy}>
              登录
            </Button>
          </Form>
        </section>
        <p className="hj-muted hj-small">
          15 分钟内连续输错 5 次将暂时锁定。忘记密码请联系本单位安全管理员重置。登录与操作均记入审计日志。
        </p>
      </div>
    </main>
  )
}
