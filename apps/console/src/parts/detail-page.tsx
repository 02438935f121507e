/** The detail: facts left, timeline right, and the actions that the server says are allowed. */
import { ArrowLeftOutlined, PrinterOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Descriptions, Skeleton, Tooltip } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { formatInstant } from '../formats.ts'
import { useSession } from '../session.ts'
import { ProblemAlert } from './problem-alert.tsx'

export interface DetailPageProps {
  title: ReactNode
  state?: ReactNode
  back: { to: string; label: string }
  actions?: ReactNode
  loading: boolean
  error: unknown
  onRetry: () => void
  /** Facts, as panels. */
  children: ReactNode
  timeline?: ReactNode
  timelineTitle?: string
}

export function DetailPage(props: DetailPageProps) {
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <Link to={props.back.to} aria-label={`返回${props.back.label}`} title={`返回${props.back.label}`}>
          <ArrowLeftOutlined />
        </Link>
        <h1>{props.title}</h1>
        {props.state}
        <div className="hj-actions">
          {props.actions}
          <Tooltip title="打印">
            <Button aria-label="打印" icon={<PrinterOutlined />} onClick={() => window.print()} />
          </Tooltip>
        </div>
      </div>
      <Printed />
      <ProblemAlert error={props.error} onRetry={props.onRetry} />
      {props.loading ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : (
        !props.error && (
          <div className={props.timeline ? 'hj-detail' : ''}>
            <div>{props.children}</div>
            {props.timeline && (
              <section className="hj-panel" aria-label={props.timelineTitle ?? '办理过程'}>
                <h2>{props.timelineTitle ?? '办理过程'}</h2>
                {props.timeline}
              </section>
            )}
          </div>
        )
      )}
    </div>
  )
}

/** Who put it on paper, and when: the moment is that of printing, not that of opening the page. */
export function Printed({ about }: { about?: string }) {
  const { user, unit } = useSession()
  const [at, setAt] = useState('')
  useEffect(() => {
    const note = (): void => flushSync(() => setAt(formatInstant(new Date().toISOString())))
    window.addEventListener('beforeprint', note)
    return () => window.removeEventListener('beforeprint', note)
  }, [])
  return (
    <p className="hj-printed">
      {about && <span>{about}；</span>}
      打印：{unit.name} {user.name} {at}
    </p>
  )
}

/** A titled group of facts. */
export function Panel({
  title,
  extra,
  children,
}: {
  title?: ReactNode
  extra?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="hj-panel">
      {title && (
        <h2>
          {title}
          {extra && <span style={{ marginLeft: 'auto', fontWeight: 400 }}>{extra}</span>}
        </h2>
      )}
      {children}
    </section>
  )
}

/** A fact with its label; `wide` ones take the whole row. */
export interface Fact {
  label: string
  value: ReactNode
  wide?: boolean
}

/** Facts as label and value; those without a value are left out unless `keepEmpty`. */
export function Facts({
  items,
  columns = 2,
  keepEmpty = false,
}: {
  items: readonly Fact[]
  columns?: number
  keepEmpty?: boolean
}) {
  const kept = items.filter(
    ({ value }) => keepEmpty || (value !== null && value !== undefined && value !== ''),
  )
  return (
    <Descriptions
      className="hj-facts"
      size="small"
      column={{ xs: 1, sm: 1, md: columns, lg: columns, xl: columns, xxl: columns }}
      items={kept.map(({ label, value, wide }) => ({
        key: label,
        label,
        children: value ?? '—',
        ...(wide ? { span: 'filled' as const } : {}),
      }))}
    />
  )
}
