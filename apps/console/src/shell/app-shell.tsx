/** The frame of every page: menu by permission, search, inbox, user and unit, light and dark, sign-out. */
import {
  DownOutlined,
  MenuFoldOutlined,
  MenuOutlined,
  MenuUnfoldOutlined,
  MoonOutlined,
  SunOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { App, Button, Drawer, Dropdown, Spin, Tooltip } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useKept } from '../parts/use-kept.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import { forgetSession, identity, useCan, useSession } from '../session.ts'
import { setShade, useShade } from '../theme.ts'
import { IdleNotice } from './idle-notice.tsx'
import { InboxBell } from './inbox-bell.tsx'
import { MainMenu } from './menu.tsx'
import { StepUpDialog } from './step-up-dialog.tsx'

const GlobalSearch = lazy(() => import('./global-search.tsx'))

export default function AppShell() {
  const narrow = useNarrow()
  const [collapsed, setCollapsed] = useKept('menu.collapsed', false)
  const [drawer, setDrawer] = useState(false)
  const can = useCan()
  return (
    <div className="hj-shell">
      <a className="hj-skip" href="#main">
        跳到正文
      </a>
      <header className="hj-header">
        <Button
          type="text"
          aria-label={narrow ? '打开菜单' : collapsed ? '展开菜单' : '收起菜单'}
          icon={narrow ? <MenuOutlined /> : collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          onClick={() => (narrow ? setDrawer(true) : setCollapsed(!collapsed))}
        />
        <Link to="/" className="hj-brand">
          <img src="/mark.svg" alt="" />
          衡鉴
        </Link>
        {can('business.transaction.find') && !narrow && (
          <div className="hj-header-search">
            <Suspense>
              <GlobalSearch />
            </Suspense>
          </div>
        )}
        <span className="hj-spring" />
        <ShadeSwitch />
        <InboxBell />
        <UserMenu />
      </header>
      {narrow ? (
        <Drawer
          open={drawer}
          placement="left"
          size={240}
          onClose={() => setDrawer(false)}
          title="菜单"
          styles={{ body: { padding: 0 } }}
        >
          <MainMenu collapsed={false} onGo={() => setDrawer(false)} />
        </Drawer>
      ) : (
        <div className="hj-sider" style={{ width: collapsed ? 56 : 184 }}>
          <MainMenu collapsed={collapsed} />
        </div>
      )}
      <main className="hj-main" id="main" style={narrow ? { gridColumn: '1 / -1' } : {}}>
        <Suspense fallback={<Spin style={{ margin: 40 }} />}>
          <Outlet />
        </Suspense>
      </main>
      <StepUpDialog />
      <IdleNotice />
    </div>
  )
}

function ShadeSwitch() {
  const shade = useShade()
  const label = shade === 'dark' ? '改用浅色' : '改用深色'
  return (
    <Tooltip title={label}>
      <Button
        type="text"
        aria-label={label}
        icon={shade === 'dark' ? <SunOutlined /> : <MoonOutlined />}
        onClick={() => setShade(shade === 'dark' ? 'light' : 'dark')}
      />
    </Tooltip>
  )
}

function UserMenu() {
  const { user, unit } = useSession()
  const narrow = useNarrow()
  const navigate = useNavigate()
  const { modal, message } = App.useApp()
  const leave = (): void => {
    void identity
      .signOut({})
      .catch(() => {})
      .finally(forgetSession)
  }
  const leaveEverywhere = (): void => {
    modal.confirm({
      title: '在所有设备上退出？',
      content: '您在其他电脑和浏览器上的登录都会结束，包括这里。',
      okText: '全部退出',
      cancelText: '取消',
      onOk: async () => {
        const { ended } = await identity.signOutEverywhere({})
        message.success(`已结束 ${ended} 个会话`)
        forgetSession()
      },
    })
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', type: 'group', label: `${user.name} · ${unit.name}` },
          { key: 'account', label: '我的账号', onClick: () => void navigate({ to: '/account' }) },
          { type: 'divider' },
          { key: 'everywhere', label: '在所有设备上退出', onClick: leaveEverywhere },
          { key: 'leave', label: '退出登录', onClick: leave },
        ],
      }}
    >
      <Button type="text" style={{ height: 44 }} aria-label={`${user.name}，${unit.name}`}>
        {narrow ? (
          <UserOutlined />
        ) : (
          <span className="hj-user-menu">
            <span className="hj-user">
              <span>{user.name}</span>
              <small>{unit.name}</small>
            </span>
            <DownOutlined style={{ fontSize: 10 }} />
          </span>
        )}
      </Button>
    </Dropdown>
  )
}
