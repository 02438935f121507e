/** Nobody at the desk: says so two minutes before the session ends, then ends it. Escape does not sign out. */
import { Modal } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { forgetSession, identity, useSession } from '../session.ts'

const NOTICE_MS = 2 * 60_000
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

export function IdleNotice() {
  const { idleMinutes } = useSession()
  const last = useRef(Date.now())
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    const active = (): void => {
      if (Date.now() - last.current < idleMinutes * 60_000 - NOTICE_MS) last.current = Date.now()
    }
    for (const sign of SIGNS) window.addEventListener(sign, active, { passive: true })
    const timer = setInterval(() => {
      const remaining = last.current + idleMinutes * 60_000 - Date.now()
      if (remaining <= 0) void identity.signOut({}).finally(forgetSession)
      setLeft(remaining < NOTICE_MS ? remaining : null)
    }, 1000)
    return () => {
      clearInterval(timer)
      for (const sign of SIGNS) window.removeEventListener(sign, active)
    }
  }, [idleMinutes])
  const stay = (): void => {
    last.current = Date.now()
    setLeft(null)
    void identity.currentSession({}).catch(() => {})
  }
  return (
    <Modal
      open={left !== null}
      title="即将自动退出"
      okText="继续使用"
      cancelText="退出登录"
      okButtonProps={{ autoFocus: true }}
      onOk={stay}
      onCancel={() => void identity.signOut({}).finally(forgetSession)}
      closable={false}
      maskClosable={false}
      keyboard={false}
    >
      已有一段时间没有操作，{Math.max(0, Math.ceil((left ?? 0) / 1000))}{' '}
      秒后自动退出登录。未提交的内容会丢失。
    </Modal>
  )
}
