/** Transactions of a vehicle or person. */
import { Link } from '@tanstack/react-router'
import { formatInstant } from '../../../formats.ts'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { business, businessKeys } from '../api.ts'
import { channels, subjectKinds, transactionStates, wordOf } from '../labels.ts'

export function SubjectTransactions({ of }: { of: { vehicleId: string } | { personId: string } }) {
  const can = useCan()
  if (!can('business.transaction.find')) return null
  const ofVehicle = 'vehicleId' in of
  return (
    <RecordsPanel
      title="业务流水"
      queryKey={[...businessKeys.transactions, 'of', of]}
      load={(page) => business.findTransactions({ ...page, ...of })}
      empty="数据范围内没有业务流水。"
      extra={
        <Link to="/transactions" search={of as never}>
          在列表中查看
        </Link>
      }
      columns={[
        { title: '流水号', render: (_, row) => <Link to={`/transactions/${row.id}`}>{row.serial}</Link> },
        {
          title: '业务',
          render: (_, row) => `${wordOf(subjectKinds, row.subjectKind)} · ${row.businessTitle}`,
        },
        ofVehicle
          ? {
              title: '所有人',
              render: (_, row) => <MaybeLink to={row.personLink}>{row.person ?? '—'}</MaybeLink>,
            }
          : {
              title: '号牌',
              render: (_, row) => <MaybeLink to={row.vehicleLink}>{row.plate ?? '—'}</MaybeLink>,
            },
        { title: '状态', render: (_, row) => <StateTag state={row.state} labels={transactionStates} /> },
        { title: '渠道', render: (_, row) => wordOf(channels, row.channel) },
        { title: '机构', render: (_, row) => row.unit ?? row.unitPath },
        { title: '受理时间', render: (_, row) => formatInstant(row.acceptedAt) },
      ]}
    />
  )
}
