import { Link } from '@tanstack/react-router'
import { Button, Result } from 'antd'
import { ProblemAlert } from '../parts/problem-alert.tsx'

export function NotFoundPage() {
  return (
    <Result
      status="404"
      title="没有这个页面"
      subTitle="地址可能有误，或页面已改名。"
      extra={
        <Link to="/">
          <Button type="primary">回到工作台</Button>
        </Link>
      }
    />
  )
}

/** A page that failed to load or to draw. A new release replaces the bundles, so reloading usually helps. */
export function PageFault({ error }: { error: unknown }) {
  return (
    <div className="hj-page">
      <h1>页面没能显示</h1>
      <ProblemAlert error={error} />
      <Button type="primary" onClick={() => window.location.reload()}>
        重新载入
      </Button>
    </div>
  )
}
