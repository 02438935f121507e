import { PlusOutlined } from '@ant-design/icons'
import type { RoleView } from '@hengjian/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import { Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { useCan } from '../../../session.ts'
import { identity, identityKeys, permissionsQuery, rolesQuery, useStale } from '../api.ts'
import { NewRole } from '../components/new-role.tsx'
import { moduleNames, roleClasses } from '../labels.ts'

export function RolesPage() {
  const roles = useQuery(rolesQuery)
  const can = useCan()
  const [chosenId, setChosenId] = useState<string | null>(null)
  const [creating, setCreating] = useState(false)
  const chosen = roles.data?.find(({ id }) => id === chosenId) ?? roles.data?.[0]
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>角色与权限</h1>
        <div className="hj-actions">
          {can('identity.role.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              新建角色
            </Button>
          )}
        </div>
      </div>
      <ProblemAlert error={roles.error} onRetry={() => void roles.refetch()} />
      <div className="hj-two">
        <nav className="hj-panel" style={{ padding: 0 }} aria-label="角色">
          {roles.isPending && <Skeleton active style={{ padding: 16 }} />}
          {roles.data?.map((role) => (
            <button
              key={role.id}
              type="button"
              className="hj-queue-item"
              aria-current={role.id === chosen?.id}
              onClick={() => setChosenId(role.id)}
            >
              <span className="hj-queue-item-top">
                {role.name}
                {role.builtIn && <Tag>内置</Tag>}
              </span>
              <span className="hj-muted hj-small">
                {roleClasses[role.roleClass]} · {role.permissions.length} 项权限
              </span>
            </button>
          ))}
        </nav>
        {chosen && <RolePermissions key={`${chosen.id}:${chosen.permissions.length}`} role={chosen} />}
      </div>
      <NewRole
        open={creating}
        onClose={() => setCreating(false)}
        onCreated={(role) => setChosenId(role.id)}
      />
    </div>
  )
}

function RolePermissions({ role }: { role: RoleView }) {
  const all = useQuery(permissionsQuery)
  const can = useCan()
  const stale = useStale()
  const [held, setHeld] = useState(role.permissions)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const editable = can('identity.role.update') && !role.builtIn
  const dirty = held.length !== role.permissions.length || held.some((one) => !role.permissions.includes(one))
  const save = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await identity.updateRole({ id: role.id, permissions: held })
      await stale(identityKeys.roles)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const offered = (all.data ?? []).filter((entry) => entry.roleClasses.includes(role.roleClass))
  const modules = [...new Set(offered.map(({ module }) => module))]
  return (
    <Panel
      title={role.name}
      extra={
        editable ? (
          <Button type="primary" disabled={!dirty} loading={busy} onClick={() => void save()}>
            保存
          </Button>
        ) : (
          <span className="hj-muted">{role.builtIn ? '内置角色不能修改；可新建角色。' : '只读'}</span>
        )
      }
    >
      <ProblemAlert error={error} />
      {all.isPending && <Skeleton active />}
      {modules.map((module) => (
        <fieldset key={module} className="hj-fieldset">
          <legend>{moduleNames[module] ?? module}</legend>
          <div className="hj-checks">
            {offered
              .filter((entry) => entry.module === module)
              .map(({ permission, label }) => (
                <Checkbox
                  key={permission}
                  disabled={!editable}
                  checked={held.includes(permission)}
                  onChange={(event) =>
                    setHeld(
                      event.target.checked ? [...held, permission] : held.filter((one) => one !== permission),
                    )
                  }
                >
                  <span title={permission}>{label}</span>
                </Checkbox>
              ))}
          </div>
        </fieldset>
      ))}
    </Panel>
  )
}
