import { businessContract } from '@hengjian/business/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Tag } from 'antd'
import { pathOf } from '../../../client.ts'
import { endOfDay, formatInstant, startOfDay } from '../../../formats.ts'
import type { ListFilter } from '../../../parts/filter-bar.tsx'
import { unhide } from '../../../parts/hidden-values.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import type { Filters } from '../../../parts/list-state.ts'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan } from '../../../session.ts'
import { business, businessKeys, kindsQuery, transactionQuery } from '../api.ts'
import { channels, ended, optionsOf, subjectKinds, transactionStates, wordOf } from '../labels.ts'

export function TransactionsPage() {
  const can = useCan()
  const queries = useQueryClient()
  const kinds = useQuery(kindsQuery)
  return (
    <ListPage
      name="transactions"
      title="业务流水"
      rowKey={(row) => row.id}
      queryKey={businessKeys.transactions}
      query={queryOf}
      load={business.findTransactions}
      usualSort="-acceptedAt"
      path={pathOf(businessContract.findTransactions)}
      open={(row) => `/transactions/${row.id}`}
      prefetch={(row) => void queries.prefetchQuery(transactionQuery(row.id))}
      actions={
        can('business.transaction.accept') && (
          <Link to="/desk" search={{ id: 'new' } as never}>
            <Button type="primary">受理业务</Button>
          </Link>
        )
      }
      empty="还没有业务流水。在窗口受理业务，或从“数据导入”导入历史流水。"
      filters={[
        { kind: 'text', key: 'serial', label: '流水号', width: 180 },
        { kind: 'text', key: 'plate', label: '号牌号码', width: 140 },
        { kind: 'text', key: 'idNumber', label: '身份证明号码', width: 200, hidden: true },
        { kind: 'select', key: 'state', label: '状态', width: 110, options: stateOptions(transactionStates) },
        {
          kind: 'select',
          key: 'businessKind',
          label: '业务类型',
          search: true,
          options: (kinds.data ?? []).map(({ code, title, subjectKind }) => ({
            value: code,
            label: `${subjectKinds[subjectKind]} · ${title}`,
          })),
        },
        { kind: 'select', key: 'channel', label: '渠道', width: 110, options: optionsOf(channels) },
        { kind: 'days', key: 'accepted', label: '受理日期' },
        {
          kind: 'custom',
          key: 'unitPath',
          label: '机构',
          render: (value, set) => <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />,
        },
        { kind: 'switch', key: 'mine', label: '只看我受理的' },
        oneSubject('vehicleId', '指定机动车'),
        oneSubject('personId', '指定人员'),
      ]}
      columns={[
        {
          key: 'serial',
          sort: 'serial',
          title: '流水号',
          render: (row) => <span className="hj-num">{row.serial}</span>,
        },
        {
          key: 'business',
          title: '业务',
          render: (row) => `${wordOf(subjectKinds, row.subjectKind)} · ${row.businessTitle}`,
        },
        {
          key: 'plate',
          title: '号牌',
          render: (row) => <MaybeLink to={row.vehicleLink}>{row.plate ?? '—'}</MaybeLink>,
        },
        {
          key: 'person',
          title: '所有人/申请人',
          render: (row) => <MaybeLink to={row.personLink}>{row.person ?? '—'}</MaybeLink>,
        },
        {
          key: 'state',
          title: '状态',
          render: (row) => <StateTag state={row.state} labels={transactionStates} />,
        },
        { key: 'channel', title: '渠道', render: (row) => wordOf(channels, row.channel), hidden: true },
        { key: 'handler', title: '经办人', render: (row) => row.handler ?? '—' },
        { key: 'unit', title: '机构', render: (row) => row.unit ?? row.unitPath },
        {
          key: 'acceptedAt',
          sort: 'acceptedAt',
          title: '受理时间',
          render: (row) => <span className="hj-nowrap">{formatInstant(row.acceptedAt)}</span>,
        },
        {
          key: 'dueAt',
          sort: 'dueAt',
          title: '时限',
          render: (row) => <WorkingDaysLeft dueAt={row.dueAt} ended={ended(row.state)} />,
        },
        {
          key: 'completedAt',
          title: '办结时间',
          render: (row) => formatInstant(row.completedAt),
          hidden: true,
        },
      ]}
    />
  )
}

/** Shown only where a file's page led here. */
const oneSubject = (key: string, label: string): ListFilter => ({
  kind: 'custom',
  key,
  label,
  render: (value, set) =>
    value ? (
      <Tag closable onClose={() => set('')}>
        {label}
      </Tag>
    ) : null,
})

function queryOf(filters: Filters) {
  const {
    state,
    serial,
    plate,
    idNumber,
    businessKind,
    channel,
    acceptedFrom,
    acceptedTo,
    unitPath,
    mine,
    vehicleId,
    personId,
  } = filters
  const number = unhide(idNumber)
  return {
    ...(state ? { state: [state as 'accepted'] } : {}),
    ...(serial ? { serial } : {}),
    ...(plate ? { plate } : {}),
    ...(number ? { idNumber: number } : {}),
    ...(businessKind ? { businessKind } : {}),
    ...(channel ? { channel: channel as 'window' } : {}),
    ...(acceptedFrom ? { acceptedFrom: startOfDay(acceptedFrom) } : {}),
    ...(acceptedTo ? { acceptedUntil: endOfDay(acceptedTo) } : {}),
    ...(unitPath ? { unitPath } : {}),
    ...(mine === 'true' ? { mine: true } : {}),
    ...(vehicleId ? { vehicleId } : {}),
    ...(personId ? { personId } : {}),
  }
}
