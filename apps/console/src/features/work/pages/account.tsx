/** The user's own account: password, second factor. */
import { App, Button, Modal, Tag } from 'antd'
import { useState } from 'react'
import { formatInstant } from '../../../formats.ts'
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { useSession } from '../../../session.ts'
import { PasswordForm } from '../../../shell/password-form.tsx'
import TotpEnrolment from '../../../shell/totp-enrolment.tsx'
import { scopes } from '../../identity/labels.ts'

export function AccountPage() {
  const session = useSession()
  const [open, setOpen] = useState<'password' | 'totp' | null>(null)
  const { message } = App.useApp()
  const done = (words: string) => (): void => {
    setOpen(null)
    message.success(words)
  }
  return (
    <div className="hj-page" style={{ maxWidth: 860 }}>
      <div className="hj-page-head">
        <h1>我的账号</h1>
      </div>
      <Panel title="基本信息">
        <Facts
          items={[
            { label: '姓名', value: session.user.name },
            { label: '用户名', value: session.user.userName },
            { label: '警号/工号', value: session.user.staffNumber },
            { label: '所属机构', value: session.unit.name },
            { label: '数据范围', value: scopes[session.scope] },
            { label: '无操作自动退出', value: `${session.idleMinutes} 分钟` },
          ]}
        />
      </Panel>
      <Panel title="登录密码" extra={<Button onClick={() => setOpen('password')}>修改密码</Button>}>
        <span className="hj-muted">修改后，其他设备上的登录随即结束。</span>
      </Panel>
      <Panel
        title="动态口令"
        extra={<Button onClick={() => setOpen('totp')}>{session.totpEnrolled ? '更换绑定' : '绑定'}</Button>}
      >
        {session.totpEnrolled ? <Tag color="success">已绑定</Tag> : <Tag color="warning">未绑定</Tag>}{' '}
        <span className="hj-muted">
          授权、调整阈值、导出个人信息等操作需要动态口令。
          {session.steppedUpUntil ? ` 本次验证有效至 ${formatInstant(session.steppedUpUntil)}。` : ''}
        </span>
      </Panel>
      <Modal
        open={open === 'password'}
        title="修改密码"
        footer={null}
        onCancel={() => setOpen(null)}
        destroyOnHidden
      >
        <PasswordForm onDone={done('密码已修改')} />
      </Modal>
      <Modal
        open={open === 'totp'}
        title="绑定动态口令"
        footer={null}
        width={420}
        onCancel={() => setOpen(null)}
        destroyOnHidden
      >
        <TotpEnrolment onDone={done('动态口令已绑定')} />
      </Modal>
    </div>
  )
}
