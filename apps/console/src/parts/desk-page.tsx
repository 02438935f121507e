/** The desk: queue left, item centre, decision right; worked with the keyboard alone; the next one is preloaded. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Popover, Skeleton } from 'antd'
import { type ReactNode, useEffect } from 'react'
import { Kbd } from './kbd.tsx'
import { ProblemAlert } from './problem-alert.tsx'
import { useHotkeys } from './use-hotkeys.ts'

/** An action of the desk with its key. */
export interface DeskKey {
  key: string
  label: string
  /** Left out where the item's own actions listen for the key. */
  run?: () => void
}

export interface DeskPageProps<Q> {
  title: string
  head?: ReactNode
  queue: readonly Q[]
  loading: boolean
  error: unknown
  onRetry: () => void
  idOf: (item: Q) => string
  renderQueueItem: (item: Q) => ReactNode
  /** Fetch what the item's centre needs. */
  prefetch: (id: string) => void
  item: ReactNode
  decision: ReactNode
  keys: readonly DeskKey[]
  /** Stands above the queue and is chosen when nothing else is: a form for something new. */
  pinned?: { id: string; content: ReactNode }
  /** Under the queue. */
  more?: ReactNode
  empty: ReactNode
}

/** The chosen id: that of the address, else the first. `goOn`: after a decision, the next, else the one before. */
export function useDeskItem(ids: readonly string[]) {
  const { id } = useSearch({ strict: false }) as { id?: string }
  const navigate = useNavigate()
  const chosen = id ?? ids[0]
  const choose = (next: string | undefined): void => {
    void navigate({ to: '.', search: ((old: object) => ({ ...old, id: next })) as never, replace: true })
  }
  const at = chosen === undefined ? -1 : ids.indexOf(chosen)
  const neighbour = (by: number): string | undefined => (at + by < 0 ? undefined : ids[at + by])
  const goOn = (): void => choose(neighbour(1) ?? neighbour(-1))
  return { chosen, choose, neighbour, goOn }
}

export function DeskPage<Q>(props: DeskPageProps<Q>) {
  const ids = [...(props.pinned ? [props.pinned.id] : []), ...props.queue.map(props.idOf)]
  const { chosen, choose, neighbour } = useDeskItem(ids)
  const next = neighbour(1)
  const { prefetch } = props
  useEffect(() => {
    if (next && next !== props.pinned?.id) prefetch(next)
  }, [next])
  const move = (by: number) => (): void => {
    const to = neighbour(by)
    if (to) choose(to)
  }
  useHotkeys({
    j: move(1),
    k: move(-1),
    ArrowDown: move(1),
    ArrowUp: move(-1),
    ...Object.fromEntries(props.keys.flatMap(({ key, run }) => (run ? [[key, run]] : []))),
  })
  const nothing = !props.loading && props.queue.length === 0 && !chosen
  return (
    <div className="hj-desk">
      <div className="hj-desk-head">
        <h1>{props.title}</h1>
        {props.head}
        <span className="hj-spring" />
        <KeyHelp keys={props.keys} />
      </div>
      <nav className="hj-desk-queue" aria-label="待办队列">
        {props.pinned && (
          <QueueItem
            current={chosen === props.pinned.id}
            onChoose={() => choose(props.pinned?.id)}
            onNear={() => {}}
          >
            {props.pinned.content}
          </QueueItem>
        )}
        {props.loading && <Skeleton active title={false} paragraph={{ rows: 6 }} style={{ padding: 16 }} />}
        {props.queue.map((item) => {
          const id = props.idOf(item)
          return (
            <QueueItem
              key={id}
              current={id === chosen}
              onChoose={() => choose(id)}
              onNear={() => prefetch(id)}
            >
              {props.renderQueueItem(item)}
            </QueueItem>
          )
        })}
        {!props.loading && props.queue.length === 0 && (
          <Empty style={{ margin: 24 }} image={Empty.PRESENTED_IMAGE_SIMPLE} description={props.empty} />
        )}
        {props.more}
      </nav>
      <section className="hj-desk-item" aria-label="内容">
        <ProblemAlert error={props.error} onRetry={props.onRetry} />
        {nothing ? null : props.item}
      </section>
      <aside className="hj-desk-decision" aria-label="处理">
        {nothing ? <span className="hj-muted">没有选中的事项。</span> : props.decision}
      </aside>
    </div>
  )
}

function QueueItem(props: {
  current: boolean
  onChoose: () => void
  onNear: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      className="hj-queue-item"
      aria-current={props.current}
      ref={(element) => {
        if (props.current) element?.scrollIntoView({ block: 'nearest' })
      }}
      onClick={props.onChoose}
      onMouseEnter={props.onNear}
    >
      {props.children}
    </button>
  )
}

function KeyHelp({ keys }: { keys: readonly DeskKey[] }) {
  const rows = [{ key: 'J / ↓', label: '下一件' }, { key: 'K / ↑', label: '上一件' }, ...keys]
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title="快捷键"
      content={
        <table>
          <tbody>
            {rows.map(({ key, label }) => (
              <tr key={key}>
                <td style={{ paddingRight: 12 }}>
                  <Kbd>{key.toUpperCase()}</Kbd>
                </td>
                <td>{label}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    >
      <Button size="small" type="text" className="hj-key-help">
        快捷键
      </Button>
    </Popover>
  )
}
