/** The unit asks for a second factor at sign-in: it is bound or given before anything else. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { ProblemAlert, useSubmit } from '../parts/problem-alert.tsx'
import { forgetSession, identity } from '../session.ts'
import TotpEnrolment from './totp-enrolment.tsx'

export default function SecondFactorPage({ due }: { due: 'enrol' | 'code' }) {
  const leave = (): void => {
    void identity.signOut({}).finally(forgetSession)
  }
  return (
    <main className="hj-sign-in">
      <div className="hj-sign-in-box">
        <section className="hj-panel" style={{ padding: 24 }}>
          <h1 style={{ marginTop: 0, fontSize: 20 }}>
            {due === 'enrol' ? '请先绑定动态口令' : '请输入动态口令'}
          </h1>
          <p className="hj-muted">本单位要求登录时使用动态口令。完成后即可继续。</p>
          {due === 'enrol' ? <TotpEnrolment onDone={() => {}} /> : <CodeForm />}
        </section>
        <Button type="link" onClick={leave}>
          退出登录
        </Button>
      </div>
    </main>
  )
}

function CodeForm() {
  const queries = useQueryClient()
  const [form] = Form.useForm()
  const { busy, error, submit } = useSubmit<{ code: string }>(form, async ({ code }) => {
    await identity.stepUp({ code })
    await queries.invalidateQueries({ queryKey: ['session'] })
  })
  return (
    <>
      <ProblemAlert error={error} />
      <Form form={form} layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item
          name="code"
          label="6 位口令"
          rules={[{ required: true, pattern: /^\d{6}$/, message: '请输入 6 位数字' }]}
        >
          <Input autoFocus inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
        </Form.Item>
        <Button block type="primary" htmlType="submit" loading={busy}>
          继续
        </Button>
      </Form>
    </>
  )
}
