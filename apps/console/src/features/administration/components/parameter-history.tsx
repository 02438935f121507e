import type { ParameterView } from '@hengjian/administration/contract'
import { useQuery } from '@tanstack/react-query'
import { Drawer, Skeleton } from 'antd'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { Timeline } from '../../../parts/timeline.tsx'
import { administration, administrationKeys } from '../api.ts'
import { formatParameterValue } from '../labels.ts'

export function ParameterHistory({
  parameter,
  onClose,
}: {
  parameter: ParameterView | null
  onClose: () => void
}) {
  const code = parameter?.code ?? ''
  const { data, error, isPending } = useQuery({
    queryKey: [...administrationKeys.parameters, 'changes', code],
    queryFn: () => administration.findParameterChanges({ code, limit: 100 }),
    enabled: parameter !== null,
  })
  const word = (value: Parameters<typeof formatParameterValue>[0] | null): string =>
    value === null ? '沿用上级' : formatParameterValue(value, parameter?.options ?? null)
  return (
    <Drawer
      open={parameter !== null}
      title={`变更记录 · ${parameter?.title ?? ''}`}
      size={440}
      onClose={onClose}
    >
      <ProblemAlert error={error} />
      {isPending && <Skeleton active />}
      {data && (
        <Timeline
          entries={data.items.map((change) => ({
            key: change.id,
            at: change.changedAt,
            title: `${word(change.before)} → ${word(change.after)}`,
            who: `${change.changedByName} · ${change.unitPath}`,
            text: `理由：${change.reason}`,
          }))}
        />
      )}
    </Drawer>
  )
}
