/** An initial password gives no entry: it is changed first. */
import { Button } from 'antd'
import { forgetSession, identity } from '../session.ts'
import { PasswordForm } from './password-form.tsx'

export default function ChangePasswordPage() {
  const leave = (): void => {
    void identity.signOut({}).finally(forgetSession)
  }
  return (
    <main className="hj-sign-in">
      <div className="hj-sign-in-box">
        <section className="hj-panel" style={{ padding: 24 }}>
          <h1 style={{ marginTop: 0, fontSize: 20 }}>请先修改密码</h1>
          <p className="hj-muted">您使用的是初始密码或已过期的密码。修改后即可继续。</p>
          <PasswordForm />
        </section>
        <Button type="link" onClick={leave}>
          退出登录
        </Button>
      </div>
    </main>
  )
}
