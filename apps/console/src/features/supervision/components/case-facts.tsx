/** A suspect case: what it is about, the findings in it, and what the investigation established. */
import type { CaseDetail } from '@hengjian/supervision/contract'
import { Link } from '@tanstack/react-router'
import { Alert, Table } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { WorkingDaysLeft } from '../../../parts/working-days-left.tsx'
import { caseOutcomes, findingStates, formatMeasured, formatThreshold, subjects } from '../labels.ts'

export function CaseFacts({ detail }: { detail: CaseDetail }) {
  return (
    <>
      {detail.worsenedAt && (
        <Alert
          type="warning"
          showIcon
          title={`办结后到的数据使情况加重（${formatInstant(detail.worsenedAt)}）`}
          description="变化见办理过程和研判结果的历次数值。不会自动重新立案，由审核人员决定。"
        />
      )}
      <Panel title="基本情况">
        <Facts
          items={[
            { label: '编号', value: detail.number },
            {
              label: '对象',
              value: (
                <>
                  {subjects[detail.subjectKind] ?? detail.subjectKind}{' '}
                  <MaybeLink to={detail.subjectLink}>{detail.subjectLabel}</MaybeLink>
                </>
              ),
            },
            { label: '发生机构', value: detail.unitName ?? detail.unitPath },
            {
              label: '来源',
              value: detail.source === 'finding' ? `研判指标 ${detail.code ?? ''}` : '手工登记',
            },
            {
              label: '承办',
              value: [detail.assignedUnitName, detail.assigneeName].filter(Boolean).join(' ') || '未分派',
            },
            {
              label: '时限',
              value: <WorkingDaysLeft dueAt={detail.dueAt} ended={detail.state === 'closed'} />,
            },
            { label: '登记', value: `${detail.openedByName} ${formatInstant(detail.openedAt)}` },
            {
              label: '业务流水',
              value: detail.transactionId && (
                <Link to={`/transactions/${detail.transactionId}`}>查看流水</Link>
              ),
            },
            { label: '情况', value: detail.description, wide: true },
          ]}
        />
      </Panel>
      {detail.findingRows.length > 0 && (
        <Panel title={`研判结果（${detail.findingRows.length}）`}>
          <Table
            size="small"
            rowKey="id"
            scroll={{ x: 'max-content' }}
            pagination={detail.findingRows.length > 10 ? { pageSize: 10, size: 'small' } : false}
            dataSource={detail.findingRows}
            columns={[
              {
                title: '结论',
                width: 240,
                render: (_, row) => <Link to={`/findings/${row.id}`}>{row.sentence}</Link>,
              },
              { title: '状态', render: (_, row) => <StateTag state={row.state} labels={findingStates} /> },
              { title: '指标', dataIndex: 'code' },
              { title: '测得', align: 'right', render: (_, row) => formatMeasured(row.measured, row.unit) },
              {
                title: '阈值',
                align: 'right',
                render: (_, row) => formatThreshold(row.comparison, row.threshold, row.unit),
              },
              { title: '期间', render: (_, row) => `${row.periodFrom} 至 ${row.periodTo}` },
            ]}
          />
        </Panel>
      )}
      {(detail.result || detail.outcome) && (
        <Panel title="调查与审核">
          <Facts
            columns={1}
            items={[
              { label: '调查人', value: detail.investigatorName },
              { label: '调查结果', value: detail.result },
              { label: '处理措施', value: detail.measures },
              {
                label: '责任人员',
                value: detail.responsible
                  .map(({ name, role }) => (role ? `${name}（${role}）` : name))
                  .join('、'),
              },
              { label: '审核人', value: detail.reviewerName },
              {
                label: '结论',
                value: detail.outcome && <StateTag state={detail.outcome} labels={caseOutcomes} />,
              },
              { label: '审核意见', value: detail.reviewOpinion },
            ]}
          />
        </Panel>
      )}
    </>
  )
}
