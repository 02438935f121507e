/** The agent who applies for another, by full name or company; names are masked. */
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { useCan } from '../../../session.ts'
import { registry, registryKeys } from '../../registry/api.ts'

export function AgentSelect({
  id,
  value,
  onChange,
}: {
  id?: string
  value?: string
  onChange?: (value?: string) => void
}) {
  const can = useCan()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 300)
    return () => clearTimeout(timer)
  }, [text])
  const agents = useQuery({
    queryKey: [...registryKeys.agents, 'select', asked],
    queryFn: async () =>
      (await registry.findAgents({ state: 'active', limit: 20, ...(asked ? { text: asked } : {}) })).items,
    enabled: can('registry.agent.find'),
    placeholderData: (old) => old,
  })
  if (!can('registry.agent.find')) return <span className="hj-muted">没有查询代理人的权限。</span>
  return (
    <Select
      allowClear
      {...(id ? { id } : {})}
      aria-label="代理人"
      placeholder="完整姓名或代理公司"
      value={value}
      onChange={(next?: string) => onChange?.(next)}
      showSearch={{ searchValue: text, onSearch: setText, filterOption: false }}
      loading={agents.isFetching}
      notFoundContent="没有找到已备案的代理人"
      options={(agents.data ?? []).map((agent) => ({
        value: agent.id,
        label: agent.company ? `${agent.nameMasked}（${agent.company}）` : agent.nameMasked,
      }))}
    />
  )
}
