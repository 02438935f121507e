import { PlusOutlined } from '@ant-design/icons'
import { identityContract } from '@hengjian/identity/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan } from '../../../session.ts'
import { identity, identityKeys, rolesQuery, userQuery } from '../api.ts'
import { UserForm } from '../components/user-form.tsx'
import { optionsOf, scopes, userStateOf, userStates } from '../labels.ts'

export function UsersPage() {
  const can = useCan()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  const roles = useQuery({ ...rolesQuery, enabled: can('identity.role.find') })
  return (
    <>
      <ListPage
        name="users"
        title="用户"
        rowKey={(user) => user.id}
        queryKey={identityKeys.users}
        query={(filters) => ({
          ...(filters['text'] ? { text: filters['text'] } : {}),
          ...(filters['under'] ? { under: filters['under'] } : {}),
          ...(filters['roleId'] ? { roleId: filters['roleId'] } : {}),
          ...(filters['state'] === 'locked'
            ? { locked: true }
            : filters['state']
              ? { state: filters['state'] as 'active' }
              : {}),
        })}
        load={identity.findUsers}
        usualSort="userName"
        path={pathOf(identityContract.findUsers)}
        open={(user) => `/users/${user.id}`}
        prefetch={(user) => void queries.prefetchQuery(userQuery(user.id))}
        actions={
          can('identity.user.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              新建用户
            </Button>
          )
        }
        empty="还没有用户。新建用户后，请在其详情页分配角色。"
        filters={[
          { kind: 'text', key: 'text', label: '姓名、用户名、警号', width: 220 },
          {
            kind: 'custom',
            key: 'under',
            label: '机构',
            render: (value, set) => (
              <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />
            ),
          },
          {
            kind: 'select',
            key: 'roleId',
            label: '角色',
            options: (roles.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          },
          {
            kind: 'select',
            key: 'state',
            label: '状态',
            width: 110,
            options: optionsOf({ active: '正常', locked: '已锁定', disabled: '已停用' }),
          },
        ]}
        columns={[
          { key: 'name', title: '姓名', render: (user) => user.name },
          { key: 'userName', sort: 'userName', title: '用户名', render: (user) => user.userName },
          { key: 'staffNumber', title: '警号/工号', render: (user) => user.staffNumber ?? '—' },
          { key: 'unit', title: '机构', render: (user) => user.unit.name },
          {
            key: 'roles',
            title: '角色',
            render: (user) =>
              user.roles.length > 0
                ? user.roles.map((role) => <Tag key={role.id}>{role.name}</Tag>)
                : '未分配',
          },
          { key: 'scope', title: '数据范围', render: (user) => scopes[user.scope] },
          {
            key: 'state',
            title: '状态',
            render: (user) => <StateTag state={userStateOf(user)} labels={userStates} />,
          },
          {
            key: 'totp',
            title: '动态口令',
            render: (user) => (user.totpEnrolled ? '已绑定' : '未绑定'),
            hidden: true,
          },
          {
            key: 'lastSignedInAt',
            sort: 'lastSignedInAt',
            title: '最近登录',
            render: (user) => formatInstant(user.lastSignedInAt),
          },
          {
            key: 'validUntil',
            title: '有效期至',
            render: (user) => user.validUntil ?? '长期',
            hidden: true,
          },
        ]}
      />
      <UserForm open={creating} user={null} onClose={() => setCreating(false)} />
    </>
  )
}
