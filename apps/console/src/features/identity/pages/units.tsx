/** The tree of units, and the unit chosen in it. */
import { PlusOutlined } from '@ant-design/icons'
import type { UnitView } from '@hengjian/identity/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Skeleton, Tree } from 'antd'
import type { DataNode } from 'antd/es/tree/index.js'
import { useState } from 'react'
import { formatPeriod } from '../../../formats.ts'
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { identity, identityKeys } from '../api.ts'
import { UnitForm } from '../components/unit-form.tsx'
import { levels, unitStates } from '../labels.ts'

const levelQuery = (of: { roots?: boolean; parentId?: string; text?: string }) => ({
  queryKey: [...identityKeys.units, 'page', of],
  queryFn: async () => (await identity.findUnits({ ...of, limit: 200 })).items,
})

export function UnitsPage() {
  const queries = useQueryClient()
  const can = useCan()
  const [text, setText] = useState('')
  const [opened, setOpened] = useState<string[] | null>(null)
  const [chosen, setChosen] = useState<UnitView | null>(null)
  const [form, setForm] = useState<'create' | 'edit' | null>(null)
  const roots = useQuery(levelQuery(text ? { text } : { roots: true }))
  const openIds = opened ?? (roots.data ?? []).slice(0, 1).map(({ id }) => id)
  const tree = useQuery({
    queryKey: [...identityKeys.units, 'opened', text, openIds, roots.dataUpdatedAt],
    enabled: roots.isSuccess,
    placeholderData: (old) => old,
    queryFn: async () => {
      const levelsOpen = await Promise.all(
        openIds.map(
          async (parentId) => [parentId, await queries.ensureQueryData(levelQuery({ parentId }))] as const,
        ),
      )
      const below = new Map<string, UnitView[]>(levelsOpen)
      return (roots.data ?? []).map((unit) => nodeOf(unit, below))
    },
  })
  const shown = chosen ?? roots.data?.[0] ?? null
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>机构</h1>
        <div className="hj-actions">
          {can('identity.unit.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setForm('create')}>
              新建{shown ? '下级' : ''}机构
            </Button>
          )}
        </div>
      </div>
      <ProblemAlert error={roots.error} onRetry={() => void roots.refetch()} />
      <div className="hj-two hj-two-wide">
        <section className="hj-panel" style={{ overflow: 'auto', maxHeight: '76vh' }} aria-label="机构树">
          <Input.Search allowClear placeholder="名称或代码" onSearch={(value) => setText(value.trim())} />
          {roots.isPending ? (
            <Skeleton active />
          ) : (
            <Tree
              blockNode
              expandedKeys={openIds}
              onExpand={(keys) => setOpened(keys.map(String))}
              style={{ marginTop: 8 }}
              treeData={tree.data ?? []}
              selectedKeys={shown ? [shown.id] : []}
              onSelect={(_, { node }) => setChosen((node as unknown as { unit: UnitView }).unit)}
            />
          )}
          {roots.data?.length === 0 && <p className="hj-muted">没有名称或代码含“{text}”的机构。</p>}
        </section>
        {shown && (
          <Panel
            title={
              <>
                {shown.name} <StateTag state={shown.state} labels={unitStates} />
              </>
            }
            extra={can('identity.unit.update') && <Button onClick={() => setForm('edit')}>修改</Button>}
          >
            <Facts
              columns={1}
              items={[
                { label: '代码', value: <span className="hj-code">{shown.code}</span> },
                { label: '级别', value: levels[shown.level] },
                { label: '路径', value: <span className="hj-code">{shown.path}</span> },
                {
                  label: '本地行政区划',
                  value: shown.localRegions.length > 0 ? shown.localRegions.join('、') : '沿用上级机构',
                },
                { label: '有效期', value: formatPeriod(shown.validFrom, shown.validUntil) },
              ]}
            />
          </Panel>
        )}
      </div>
      <UnitForm
        open={form !== null}
        unit={form === 'edit' ? shown : null}
        parent={form === 'create' ? shown : null}
        onClose={() => setForm(null)}
        onSaved={setChosen}
      />
    </div>
  )
}

const nodeOf = (unit: UnitView, below: ReadonlyMap<string, UnitView[]>): DataNode & { unit: UnitView } => ({
  key: unit.id,
  title: unit.name,
  isLeaf: !unit.hasChildren,
  unit,
  ...(below.has(unit.id) ? { children: below.get(unit.id)!.map((child) => nodeOf(child, below)) } : {}),
})
