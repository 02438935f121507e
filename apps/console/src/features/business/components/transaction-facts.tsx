/** Everything of a transaction that a reader may see: what, on what, for whom, changes, steps, warnings. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Table } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { useCan } from '../../../session.ts'
import { kindsQuery, type Transaction } from '../api.ts'
import { channels, ended, stepStates, steps, subjectKinds, wordOf } from '../labels.ts'
import { PersonPanel } from './person-panel.tsx'
import { TransactionWarnings } from './transaction-warnings.tsx'
import { VehicleFacts } from './vehicle-facts.tsx'

export function TransactionFacts({ transaction }: { transaction: Transaction }) {
  const kinds = useQuery(kindsQuery)
  const can = useCan()
  const kind = kinds.data?.find(({ code }) => code === transaction.businessKind)
  const reason = kind?.reasons.find(({ code }) => code === transaction.reason)?.title ?? transaction.reason
  const { vehicle, applicant } = transaction
  return (
    <>
      {transaction.state === 'held' && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 12 }}
          title="业务已暂停，等待本机构或上级负责人授权"
          description="授权通过后自动恢复；不予授权则退办。经办人不能授权自己办理的业务。"
          action={
            transaction.authorisationId &&
            can('supervision.authorisation.find') && (
              <Link to={`/authorisations/${transaction.authorisationId}`}>查看授权</Link>
            )
          }
        />
      )}
      <TransactionWarnings transaction={transaction} />
      <Panel title="业务">
        <Facts
          items={[
            { label: '流水号', value: <span className="hj-num">{transaction.serial}</span> },
            {
              label: '业务',
              value: `${wordOf(subjectKinds, transaction.subjectKind)} · ${transaction.businessTitle}${reason ? `（${reason}）` : ''}`,
            },
            { label: '渠道', value: wordOf(channels, transaction.channel) },
            { label: '经办人', value: transaction.handler },
            { label: '机构', value: transaction.unit ?? transaction.unitPath },
            { label: '代理人', value: transaction.agent },
            { label: '受理时间', value: formatInstant(transaction.acceptedAt) },
            {
              label: '时限',
              value: <WorkingDaysLeft dueAt={transaction.dueAt} ended={ended(transaction.state)} />,
            },
            { label: '办结时间', value: transaction.completedAt && formatInstant(transaction.completedAt) },
            { label: '准驾车型', value: transaction.licenceClass },
            { label: '签发国家', value: transaction.issuingCountry },
            {
              label: '申请人属地',
              value: transaction.local === null ? null : transaction.local ? '本地' : '外地',
            },
            {
              label: '受理时段',
              value:
                transaction.workingTime === null
                  ? null
                  : transaction.workingTime
                    ? '工作时间内'
                    : '工作时间外',
            },
          ]}
        />
      </Panel>
      {vehicle && (
        <Panel title="机动车">
          <VehicleFacts vehicle={vehicle} link={transaction.vehicleLink} />
        </Panel>
      )}
      {applicant && (
        <PersonPanel
          title={transaction.subjectKind === 'vehicle' ? '所有人' : '申请人'}
          person={applicant}
          link={transaction.personLink}
        />
      )}
      {transaction.changes.length > 0 && (
        <Panel title="变更内容">
          <Table
            size="small"
            rowKey="field"
            pagination={false}
            dataSource={transaction.changes}
            columns={[
              { title: '项目', dataIndex: 'title' },
              { title: '变更前', dataIndex: 'before', render: (value: string | null) => value ?? '—' },
              { title: '变更后', dataIndex: 'after', render: (value: string | null) => value ?? '—' },
            ]}
          />
        </Panel>
      )}
      {transaction.steps.length > 0 && (
        <Panel title="办理环节">
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={transaction.steps}
            columns={[
              { title: '环节', dataIndex: 'step', render: (step: string) => steps[step] ?? step },
              {
                title: '状态',
                dataIndex: 'state',
                render: (state: string) => <StateTag state={state} labels={stepStates} />,
              },
              { title: '经办人', dataIndex: 'operator', render: (value: string | null) => value ?? '—' },
              { title: '开始', dataIndex: 'openedAt', render: (at: string) => formatInstant(at) },
              { title: '完成', dataIndex: 'doneAt', render: (at: string | null) => formatInstant(at) },
              { title: '意见', dataIndex: 'opinion', render: (value: string | null) => value ?? '—' },
            ]}
          />
        </Panel>
      )}
    </>
  )
}
