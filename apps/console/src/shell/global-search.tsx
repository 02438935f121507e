/** Search over transactions, vehicles and people by number; what is outside the caller's scope is not found. */
import { SearchOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { AutoComplete, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../client.ts'
import { business, businessKeys } from '../features/business/api.ts'
import { hide } from '../parts/hidden-values.ts'
import { useHotkeys } from '../parts/use-hotkeys.ts'

const KINDS = { transaction: '流水', vehicle: '机动车', person: '人员' } as const

export default function GlobalSearch() {
  const navigate = useNavigate()
  const field = useRef<InputRef>(null)
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 350)
    return () => clearTimeout(timer)
  }, [text])
  useHotkeys({ s: () => field.current?.focus() })
  const found = useQuery({
    queryKey: [...businessKeys.search, asked],
    queryFn: () => business.searchRecords({ text: asked }),
    enabled: asked.length >= 3,
  })
  const items = found.data?.items ?? []
  const note = (): string => {
    if (asked.length < 3) return '至少输入 3 个字符'
    if (found.isFetching) return '正在查找…'
    if (found.error) return problemOf(found.error).title
    return '没有找到。姓名不参与全局检索，请输入完整的号码。'
  }
  const go = (value: string): void => {
    const [kind, id] = value.split(':')
    const item = items.find((other) => other.id === id)
    if (item?.link) void navigate({ to: item.link })
    else if (kind === 'vehicle')
      void navigate({ to: '/transactions', search: { plate: item?.title } as never })
    else if (kind === 'person')
      void navigate({ to: '/transactions', search: { idNumber: hide(asked) } as never })
    setText('')
    field.current?.blur()
  }
  return (
    <AutoComplete
      style={{ width: '100%' }}
      value={text}
      onChange={setText}
      onSelect={go}
      options={items.map((item) => ({
        value: `${item.kind}:${item.id}`,
        label: (
          <div>
            <span className="hj-muted hj-small">{KINDS[item.kind]}</span> {item.title}
            <div className="hj-muted hj-small">{item.detail}</div>
          </div>
        ),
      }))}
      notFoundContent={text ? <span className="hj-muted">{note()}</span> : null}
    >
      <Input
        ref={field}
        allowClear
        aria-label="全局检索"
        prefix={<SearchOutlined className="hj-muted" />}
        placeholder="流水号、号牌、证件号、车辆识别代号"
        suffix={text ? null : <kbd className="hj-kbd">S</kbd>}
      />
    </AutoComplete>
  )
}
