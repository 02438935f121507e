/** The menu: what the caller may do, grouped. */
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Menu, type MenuProps } from 'antd'
import { menuGroups } from '../feature.ts'
import { features } from '../features/index.ts'
import { useCan } from '../session.ts'

export function MainMenu({ collapsed, onGo }: { collapsed: boolean; onGo?: () => void }) {
  const can = useCan()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const entries = features
    .flatMap(({ menu }) => menu)
    .filter(({ permissions }) => permissions.length === 0 || permissions.some(can))
  const current = entries
    .filter((entry) => path === entry.path || (entry.path !== '/' && path.startsWith(`${entry.path}/`)))
    .at(-1)
  const items = menuGroups.flatMap((group): NonNullable<MenuProps['items']> => {
    const children = entries
      .filter((entry) => entry.group === group)
      .map(({ path: key, label, icon }) => ({ key, label, icon, title: label }))
    if (children.length === 0) return []
    return group === ''
      ? children
      : [{ type: 'group' as const, key: group, label: collapsed ? '' : group, children }]
  })
  return (
    <nav aria-label="主菜单">
      <Menu
        mode="inline"
        inlineCollapsed={collapsed}
        inlineIndent={16}
        items={items}
        selectedKeys={current ? [current.path] : []}
        onClick={({ key }) => {
          void navigate({ to: key })
          onGo?.()
        }}
      />
    </nav>
  )
}
