/** Filters of a list, and the sets of filters that the user keeps under a name. */
import { FilterOutlined, SearchOutlined, StarOutlined } from '@ant-design/icons'
import { Button, DatePicker, Dropdown, Input, Modal, Select, Switch } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useEffect, useState } from 'react'
import { hide, unhide } from './hidden-values.ts'
import type { Filters } from './list-state.ts'
import { useKept } from './use-kept.ts'
import { useNarrow } from './use-narrow.ts'

export type ListFilter =
  /** `hidden`: a personal number, which stays out of the address. */
  | { kind: 'text'; key: string; label: string; placeholder?: string; width?: number; hidden?: boolean }
  | {
      kind: 'select'
      key: string
      label: string
      options: readonly { value: string; label: string }[]
      width?: number
      search?: boolean
    }
  /** Two days, `<key>From` and `<key>To`. */
  | { kind: 'days'; key: string; label: string }
  | { kind: 'switch'; key: string; label: string }
  | {
      kind: 'custom'
      key: string
      label: string
      render: (value: string | undefined, set: (value: string) => void) => ReactNode
    }

export function FilterBar({
  name,
  filters,
  values,
  onChange,
}: {
  name: string
  filters: readonly ListFilter[]
  values: Filters
  onChange: (next: Filters) => void
}) {
  const narrow = useNarrow()
  const [all, setAll] = useState(false)
  if (filters.length === 0) return null
  const set = (changes: Filters): void => onChange({ ...values, ...changes })
  // On a telephone one filter is enough to begin with.
  const shown = narrow && !all ? filters.slice(0, 1) : filters
  return (
    <search className="hj-filters">
      {shown.map((filter) => (
        <FilterControl key={filter.key} filter={filter} values={values} set={set} />
      ))}
      {narrow && filters.length > 1 && (
        <Button icon={<FilterOutlined />} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? '收起' : '筛选'}
        </Button>
      )}
      <SavedFilters name={name} values={values} onChange={onChange} />
      {Object.keys(values).length > 0 && (
        <Button type="link" onClick={() => onChange({})}>
          清除筛选
        </Button>
      )}
    </search>
  )
}

function FilterControl({
  filter,
  values,
  set,
}: {
  filter: ListFilter
  values: Filters
  set: (changes: Filters) => void
}) {
  const value = values[filter.key]
  switch (filter.kind) {
    case 'text':
      return (
        <TextFilter
          filter={filter}
          value={(filter.hidden ? unhide(value) : value) ?? ''}
          set={(text) => set({ [filter.key]: filter.hidden ? hide(text) : text })}
        />
      )
    case 'select':
      return (
        <Select
          allowClear
          aria-label={filter.label}
          placeholder={filter.label}
          value={value}
          style={{ width: filter.width ?? 150 }}
          popupMatchSelectWidth={false}
          showSearch={filter.search ? { optionFilterProp: 'label' } : false}
          options={[...filter.options]}
          onChange={(next?: string) => set({ [filter.key]: next ?? '' })}
        />
      )
    case 'days': {
      const day = (text?: string) => (text ? dayjs(text) : null)
      return (
        <DatePicker.RangePicker
          aria-label={filter.label}
          placeholder={[`${filter.label}起`, '止']}
          style={{ width: 250 }}
          allowEmpty={[true, true]}
          value={[day(values[`${filter.key}From`]), day(values[`${filter.key}To`])]}
          onChange={(_, [from, to]) =>
            set({ [`${filter.key}From`]: from ?? '', [`${filter.key}To`]: to ?? '' })
          }
        />
      )
    }
    case 'switch':
      return (
        // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control
        <label>
          <Switch
            size="small"
            checked={value === 'true'}
            onChange={(on) => set({ [filter.key]: on ? 'true' : '' })}
          />
          {filter.label}
        </label>
      )
    case 'custom':
      return filter.render(value, (next) => set({ [filter.key]: next }))
  }
}

/** Text is looked for when the user pauses, leaves the field or presses Enter. */
function TextFilter({
  filter,
  value,
  set,
}: {
  filter: ListFilter & { kind: 'text' }
  value: string
  set: (text: string) => void
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => set(text.trim()), 500)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <Input
      allowClear
      aria-label={filter.label}
      placeholder={filter.placeholder ?? filter.label}
      prefix={<SearchOutlined className="hj-muted" />}
      style={{ width: filter.width ?? 180 }}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={() => set(text.trim())}
    />
  )
}

interface Saved {
  name: string
  filters: Filters
}

function SavedFilters({
  name,
  values,
  onChange,
}: {
  name: string
  values: Filters
  onChange: (next: Filters) => void
}) {
  const [saved, setSaved] = useKept<Saved[]>(`list.${name}.saved`, [])
  const [naming, setNaming] = useState<string | null>(null)
  const some = Object.keys(values).length > 0
  if (!some && saved.length === 0) return null
  const keep = (): void => {
    const title = naming?.trim()
    if (!title) return
    setSaved([...saved.filter((other) => other.name !== title), { name: title, filters: values }])
    setNaming(null)
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...saved.map((entry) => ({
              key: `use:${entry.name}`,
              label: entry.name,
              onClick: () => onChange(entry.filters),
            })),
            ...(saved.length > 0 ? [{ type: 'divider' as const }] : []),
            { key: 'save', label: '保存当前筛选…', disabled: !some, onClick: () => setNaming('') },
            ...saved.map((entry) => ({
              key: `drop:${entry.name}`,
              label: `删除“${entry.name}”`,
              onClick: () => setSaved(saved.filter((other) => other !== entry)),
            })),
          ],
        }}
      >
        <Button icon={<StarOutlined />}>常用筛选{saved.length > 0 ? ` ${saved.length}` : ''}</Button>
      </Dropdown>
      <Modal
        open={naming !== null}
        title="保存当前筛选"
        okText="保存"
        cancelText="取消"
        okButtonProps={{ disabled: !naming?.trim() }}
        onOk={keep}
        onCancel={() => setNaming(null)}
        destroyOnHidden
      >
        <Input
          autoFocus
          aria-label="名称"
          placeholder="名称，如：本周退回"
          maxLength={20}
          value={naming ?? ''}
          onChange={(event) => setNaming(event.target.value)}
          onPressEnter={keep}
        />
      </Modal>
    </>
  )
}
