/** Nobody passes without a session; an initial password is changed first. The address stays, so work goes on after. */

import { useRouterState } from '@tanstack/react-router'
import { Spin } from 'antd'
import { lazy, Suspense, useEffect } from 'react'
import { ProblemAlert } from '../parts/problem-alert.tsx'
import { useSessionQuery } from '../session.ts'
import { SignInPage } from './sign-in-page.tsx'

const AppShell = lazy(() => import('./app-shell.tsx'))
const SecondFactorPage = lazy(() => import('./second-factor-page.tsx'))
const ChangePasswordPage = lazy(() => import('./change-password-page.tsx'))

export function Gate() {
  const session = useSessionQuery()
  useTitle(session.data ? undefined : '登录')
  if (session.isPending) return <Waiting />
  if (session.error)
    return (
      <div className="hj-sign-in">
        <div className="hj-sign-in-box">
          <ProblemAlert error={session.error} onRetry={() => void session.refetch()} />
        </div>
      </div>
    )
  if (!session.data) return <SignInPage />
  return (
    <Suspense fallback={<Waiting />}>
      {session.data.mustChangePassword ? (
        <ChangePasswordPage />
      ) : session.data.secondFactorDue ? (
        <SecondFactorPage due={session.data.secondFactorDue} />
      ) : (
        <AppShell />
      )}
    </Suspense>
  )
}

function Waiting() {
  return (
    <div className="hj-sign-in">
      <Spin size="large" />
    </div>
  )
}

/** Title of the window: that of the page shown. */
function useTitle(instead: string | undefined): void {
  const matched = useRouterState({ select: (state) => state.matches.at(-1)?.staticData.title })
  const title = instead ?? matched
  useEffect(() => {
    document.title = title ? `${title} · 衡鉴` : '衡鉴'
  }, [title])
}
