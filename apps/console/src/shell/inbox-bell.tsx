/** The inbox: what the system has to tell the user, with the page it concerns. */
import { BellOutlined } from '@ant-design/icons'
import { notificationsContract } from '@hengjian/notifications/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Badge, Button, Empty, Popover, Skeleton } from 'antd'
import { useState } from 'react'
import { clientOf } from '../client.ts'
import { formatInstant } from '../formats.ts'
import { ProblemAlert } from '../parts/problem-alert.tsx'

const notifications = clientOf(notificationsContract)
const KEY = ['notifications'] as const

export function InboxBell() {
  const [open, setOpen] = useState(false)
  const { data } = useQuery({
    queryKey: [...KEY, 'unread'],
    queryFn: () => notifications.countUnread({}),
    refetchInterval: 60_000,
  })
  const unread = data?.unread ?? 0
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      title="消息"
      content={<Inbox onGo={() => setOpen(false)} />}
      destroyOnHidden
    >
      <Button
        type="text"
        aria-label={unread > 0 ? `消息，${unread} 条未读` : '消息'}
        icon={
          <Badge count={unread} size="small" overflowCount={99}>
            <BellOutlined />
          </Badge>
        }
      />
    </Popover>
  )
}

function Inbox({ onGo }: { onGo: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const list = useQuery({
    queryKey: [...KEY, 'list'],
    queryFn: () => notifications.findNotifications({ limit: 20 }),
  })
  const mark = useMutation({
    mutationFn: (ids: string[] | undefined) => notifications.markRead(ids ? { ids } : {}),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  const items = list.data?.items ?? []
  return (
    <div style={{ width: 'min(360px, 80vw)', maxHeight: '60vh', overflow: 'auto' }}>
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Skeleton active />}
      {list.isSuccess && items.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有消息" />
      )}
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          className="hj-queue-item"
          style={{ opacity: item.readAt ? 0.75 : 1 }}
          onClick={() => {
            if (!item.readAt) mark.mutate([item.id])
            if (item.link) void navigate({ to: item.link })
            onGo()
          }}
        >
          <div>
            {!item.readAt && (
              <Badge status="processing" text={<span className="hj-visually-hidden">未读</span>} />
            )}
            {item.title}
          </div>
          <div className="hj-muted hj-small">{formatInstant(item.at)}</div>
        </button>
      ))}
      {items.some(({ readAt }) => !readAt) && (
        <Button type="link" onClick={() => mark.mutate(undefined)}>
          全部标为已读
        </Button>
      )}
    </div>
  )
}
