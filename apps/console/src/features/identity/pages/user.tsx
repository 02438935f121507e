import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { App, Button, Dropdown, Modal, Tag } from 'antd'
import { useState } from 'react'
import { formatInstant, formatPeriod } from '../../../formats.ts'
import { DetailPage, Facts, Panel } from '../../../parts/detail-page.tsx'
import { UnmaskButton, useUnmask } from '../../../parts/masked.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { identity, identityKeys, userQuery, useStale } from '../api.ts'
import { RoleAssignment } from '../components/role-assignment.tsx'
import { InitialPassword, UserForm } from '../components/user-form.tsx'
import { roleClasses, scopes, userStateOf, userStates, WEEKDAYS } from '../labels.ts'

export function UserPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data: user, error, isPending, refetch } = useQuery(userQuery(id))
  const can = useCan()
  const stale = useStale()
  const { modal, message, notification } = App.useApp()
  const [open, setOpen] = useState<'edit' | 'roles' | 'lock' | null>(null)
  const [password, setPassword] = useState<string | null>(null)
  const unmask = useUnmask((reason) => identity.revealUser({ id, reason }))
  const close = (): void => setOpen(null)

  const confirm = (title: string, content: string, act: () => Promise<unknown>): void => {
    modal.confirm({
      title,
      content,
      okText: '确定',
      cancelText: '取消',
      onOk: async () => {
        try {
          await act()
          await stale(identityKeys.users)
        } catch (thrown) {
          notification.error({ title: '未能完成', description: <ProblemAlert error={thrown} /> })
        }
      },
    })
  }
  const unlock = () =>
    confirm('解除锁定？', '该用户即可重新登录。', async () => {
      await identity.unlockUser({ id })
      message.success('已解除锁定')
    })
  const resetPassword = () =>
    confirm('重置密码？', '现有会话随即结束；新的初始密码只显示一次。', async () => {
      const answer = await identity.resetPassword({ id })
      setPassword(answer.initialPassword)
    })
  const resetTotp = () =>
    confirm('解除动态口令绑定？', '用户下次需要二次验证时须重新绑定。', async () => {
      await identity.resetTotp({ id })
      message.success('已解除绑定')
    })

  const state = user ? userStateOf(user) : 'active'
  const more = [
    ...(can('identity.user.lock')
      ? [
          state === 'active'
            ? { key: 'lock', label: '停用…', danger: true, onClick: () => setOpen('lock') }
            : { key: 'unlock', label: '解除锁定、恢复启用', onClick: unlock },
        ]
      : []),
    ...(can('identity.user.reset')
      ? [
          { key: 'password', label: '重置密码', onClick: resetPassword },
          ...(user?.totpEnrolled ? [{ key: 'totp', label: '解除动态口令绑定', onClick: resetTotp }] : []),
        ]
      : []),
  ]
  return (
    <DetailPage
      title={user?.name ?? '用户'}
      state={user && <StateTag state={state} labels={userStates} />}
      back={{ to: '/users', label: '用户列表' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      actions={
        user && (
          <>
            {can('identity.user.update') && <Button onClick={() => setOpen('edit')}>修改</Button>}
            {can('identity.role.assign') && <Button onClick={() => setOpen('roles')}>分配角色</Button>}
            {more.length > 0 && (
              <Dropdown trigger={['click']} menu={{ items: more }}>
                <Button>更多</Button>
              </Dropdown>
            )}
          </>
        )
      }
    >
      {user && (
        <>
          <Panel
            title="基本信息"
            extra={
              can('identity.user.reveal') &&
              (user.idNumberMasked || user.mobileMasked) && (
                <UnmaskButton shown={unmask.clear !== null} onShow={unmask.ask} onHide={unmask.hide} />
              )
            }
          >
            <Facts
              items={[
                { label: '用户名', value: user.userName },
                { label: '警号/工号', value: user.staffNumber },
                { label: '机构', value: user.unit.name },
                { label: '身份证号码', value: unmask.clear?.idNumber ?? user.idNumberMasked },
                { label: '手机号码', value: unmask.clear?.mobile ?? user.mobileMasked },
                { label: '有效期', value: formatPeriod(user.validFrom, user.validUntil) },
              ]}
            />
          </Panel>
          <Panel title="角色与数据范围">
            <Facts
              items={[
                {
                  label: '角色',
                  value: user.roles.length
                    ? user.roles.map((role) => <Tag key={role.id}>{role.name}</Tag>)
                    : '未分配：登录后不能办理业务，请安全管理员分配。',
                },
                { label: '账号类别', value: roleClasses[user.roleClass] },
                { label: '数据范围', value: scopes[user.scope] },
              ]}
            />
          </Panel>
          <Panel title="登录">
            <Facts
              items={[
                { label: '最近登录', value: formatInstant(user.lastSignedInAt) },
                { label: '密码修改于', value: formatInstant(user.passwordChangedAt) },
                { label: '须修改密码', value: user.mustChangePassword ? '是' : '否' },
                { label: '动态口令', value: user.totpEnrolled ? '已绑定' : '未绑定' },
                { label: '锁定至', value: state === 'locked' ? formatInstant(user.lockedUntil) : null },
                { label: '同时登录', value: user.oneSessionOnly ? '只允许一处' : '不限' },
                { label: '允许的地址', value: user.permittedAddresses.join('、') || '不限' },
                {
                  label: '允许的时段',
                  value: user.permittedHours
                    ? `周${user.permittedHours.days.map((day) => WEEKDAYS[day - 1]).join('、')} ${user.permittedHours.from}–${user.permittedHours.to}`
                    : '不限',
                },
              ]}
            />
          </Panel>
          <UserForm open={open === 'edit'} user={user} onClose={close} />
          <RoleAssignment open={open === 'roles'} user={user} onClose={close} />
          <ReasonDialog
            open={open === 'lock'}
            title={`停用 ${user.name}`}
            effect="其会话随即结束，在恢复启用前不能登录。"
            seenBy="安全管理员、审计管理员"
            presets={['调离岗位', '离职', '账号异常']}
            okText="停用"
            danger
            onCancel={close}
            onSubmit={async (reason) => {
              await identity.lockUser({ id, reason })
              await stale(identityKeys.users)
              close()
            }}
          />
          <Modal
            open={password !== null}
            title="密码已重置"
            footer={<Button onClick={() => setPassword(null)}>关闭</Button>}
            onCancel={() => setPassword(null)}
          >
            <p>初始密码只显示这一次，请交给本人。</p>
            <InitialPassword userName={user.userName} password={password ?? ''} />
          </Modal>
          {unmask.dialog}
        </>
      )}
    </DetailPage>
  )
}
