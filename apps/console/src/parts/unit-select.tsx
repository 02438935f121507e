/** Choose a unit of the tree; opens level by level, or by name. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { TreeSelect } from 'antd'
import { useState } from 'react'
import { identity } from '../session.ts'

export const unitKeys = { all: ['units'] as const }

interface UnitSelectProps {
  /** Given by the form, so that the label belongs to the field. */
  id?: string
  /** What stands for a unit: its id or its path. */
  by: 'id' | 'path'
  value?: string | undefined
  onChange?: (value: string | undefined) => void
  placeholder?: string
  width?: number | string
  allowClear?: boolean
  disabled?: boolean
}

interface Node {
  id: string
  pId: string | null
  value: string
  title: string
  isLeaf: boolean
}

export function UnitSelect({
  id,
  by,
  value,
  onChange,
  placeholder = '机构',
  width = 200,
  allowClear = true,
  disabled = false,
}: UnitSelectProps) {
  const queries = useQueryClient()
  const [opened, setOpened] = useState<string[]>([])
  const [text, setText] = useState('')
  const { data: nodes = [] } = useQuery({
    queryKey: [...unitKeys.all, 'tree', by, opened],
    queryFn: async (): Promise<Node[]> => {
      const levels = await Promise.all([
        children({ roots: true }),
        ...opened.map((parentId) => children({ parentId })),
      ])
      return levels.flat()
    },
    placeholderData: (old) => old,
    staleTime: 5 * 60_000,
  })
  const { data: found = [] } = useQuery({
    queryKey: [...unitKeys.all, 'search', by, text],
    queryFn: async () => (await identity.findUnits({ text, limit: 30 })).items,
    enabled: text.length > 0,
    staleTime: 60_000,
  })
  const children = (of: { roots?: boolean; parentId?: string }): Promise<Node[]> =>
    queries.fetchQuery({
      queryKey: [...unitKeys.all, 'level', by, of],
      staleTime: 5 * 60_000,
      queryFn: async () => {
        const { items } = await identity.findUnits({ ...of, limit: 200 })
        return items.map((unit) => ({
          id: unit.id,
          pId: of.parentId ?? null,
          value: unit[by],
          title: unit.name,
          isLeaf: !unit.hasChildren,
        }))
      },
    })
  // The name of a value that lies deeper than what is open.
  const { data: named } = useQuery({
    queryKey: [...unitKeys.all, 'named', by, value],
    enabled: Boolean(value) && !nodes.some((node) => node.value === value),
    staleTime: 5 * 60_000,
    queryFn: async () => {
      if (by === 'id') return identity.getUnit({ id: value! })
      return (await identity.findUnits({ under: value!, limit: 1 })).items[0] ?? null
    },
  })
  const extra = named && !nodes.some((node) => node.value === value) ? [asNode(named, by)] : []
  const matches = found.map((unit) => ({ ...asNode(unit, by), title: unit.name }))
  return (
    <TreeSelect
      treeDataSimpleMode
      {...(id ? { id } : {})}
      aria-label={placeholder}
      disabled={disabled}
      allowClear={allowClear}
      style={{ width }}
      popupMatchSelectWidth={false}
      styles={{ popup: { root: { minWidth: 260, maxHeight: 400 } } }}
      placeholder={placeholder}
      value={value}
      treeData={text ? matches : [...nodes, ...extra]}
      notFoundContent={text ? '没有这个名称的机构' : '正在读取…'}
      showSearch={{ searchValue: text, onSearch: setText, filterTreeNode: false, autoClearSearchValue: true }}
      loadData={async (node) => {
        const id = String((node as unknown as Node).id)
        setOpened((old) => (old.includes(id) ? old : [...old, id]))
      }}
      onChange={(next?: string) => {
        setText('')
        onChange?.(next)
      }}
    />
  )
}

const asNode = (unit: { id: string; path: string; name: string }, by: 'id' | 'path'): Node => ({
  id: unit.id,
  pId: null,
  value: unit[by],
  title: unit.name,
  isLeaf: true,
})
