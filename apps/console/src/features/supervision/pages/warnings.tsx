import { supervisionContract, type WarningView } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, Drawer } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan, useSession } from '../../../session.ts'
import { indicatorsQuery, supervision, supervisionKeys, useSupervisionMoved } from '../api.ts'
import { Explanation } from '../components/explanation.tsx'
import { effectTones, warningStates } from '../labels.ts'

export function WarningsPage() {
  const [shown, setShown] = useState<WarningView | null>(null)
  const can = useCan()
  const { user } = useSession()
  const { message } = App.useApp()
  const moved = useSupervisionMoved()
  const indicators = useQuery({
    ...indicatorsQuery(undefined, 'in_process'),
    enabled: can('supervision.indicator.find'),
  })
  const mine = (row: WarningView): boolean =>
    row.handlerId === user.id && row.state === 'shown' && row.effect === 'prompt'
  const acknowledge = async (rows: readonly WarningView[]): Promise<void> => {
    for (const row of rows.filter(mine)) await supervision.acknowledgeWarning({ id: row.id })
    message.success('已确认')
    await moved()
  }
  return (
    <>
      <ListPage
        name="warnings"
        title="预警提示"
        rowKey={(row) => row.id}
        queryKey={supervisionKeys.warnings}
        query={(filters) => ({
          ...(filters['code'] ? { code: filters['code'] } : {}),
          ...(filters['state'] ? { state: filters['state'] as 'shown' } : {}),
          ...(filters['effect'] ? { effect: filters['effect'] as 'prompt' } : {}),
          ...(filters['unitPath'] ? { unitPath: filters['unitPath'] } : {}),
          ...(filters['handlerId'] ? { handlerId: filters['handlerId'] } : {}),
          ...(filters['dayFrom'] ? { from: filters['dayFrom'] } : {}),
          ...(filters['dayTo'] ? { to: filters['dayTo'] } : {}),
        })}
        load={supervision.findWarnings}
        usualSort="-shownAt"
        path={pathOf(supervisionContract.findWarnings)}
        empty="还没有预警。窗口受理业务时命中指标即产生预警。"
        {...(can('supervision.warning.acknowledge')
          ? {
              bulk: (rows: WarningView[], clear: () => void) => (
                <Button disabled={!rows.some(mine)} onClick={() => void acknowledge(rows).then(clear)}>
                  确认 {rows.filter(mine).length} 条我的提示
                </Button>
              ),
            }
          : {})}
        filters={[
          {
            kind: 'select',
            key: 'code',
            label: '指标',
            search: true,
            width: 220,
            options: (indicators.data ?? []).map(({ code, title }) => ({
              value: code,
              label: `${code} ${title}`,
            })),
          },
          {
            kind: 'select',
            key: 'effect',
            label: '效果',
            width: 120,
            options: stateOptions(effectTones).slice(0, 2),
          },
          { kind: 'select', key: 'state', label: '状态', width: 110, options: stateOptions(warningStates) },
          { kind: 'days', key: 'day', label: '日期' },
          {
            kind: 'custom',
            key: 'unitPath',
            label: '机构',
            render: (value, set) => (
              <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />
            ),
          },
        ]}
        columns={[
          {
            key: 'sentence',
            title: '提示',
            width: 420,
            render: (row) => (
              <Button type="link" className="hj-wrap-link" onClick={() => setShown(row)}>
                {row.sentence}
              </Button>
            ),
          },
          {
            key: 'title',
            sort: 'code',
            title: '指标',
            render: (row) => `${row.code} ${row.title}`,
            hidden: true,
          },
          {
            key: 'effect',
            title: '效果',
            render: (row) => <StateTag state={row.effect} labels={effectTones} />,
          },
          {
            key: 'state',
            title: '状态',
            render: (row) => <StateTag state={row.state} labels={warningStates} />,
          },
          {
            key: 'serial',
            title: '流水号',
            render: (row) => <Link to={`/transactions/${row.transactionId}`}>{row.serial}</Link>,
          },
          { key: 'handler', title: '经办人', render: (row) => row.handlerName },
          { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
          { key: 'shownAt', sort: 'shownAt', title: '提示时间', render: (row) => formatInstant(row.shownAt) },
          {
            key: 'acknowledgedAt',
            title: '确认时间',
            render: (row) => formatInstant(row.acknowledgedAt),
            hidden: true,
          },
        ]}
      />
      <Drawer
        open={shown !== null}
        size={680}
        title={shown ? `${shown.code} ${shown.title}` : ''}
        onClose={() => setShown(null)}
      >
        {shown && <Explanation explanation={shown.explanation} />}
      </Drawer>
    </>
  )
}
