/** What supervision knows of a vehicle or person: warnings, findings and suspect cases, as far as the reader may see. */
import { Link } from '@tanstack/react-router'
import { formatInstant } from '../../../formats.ts'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { useCan } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { caseOutcomes, caseStates, effectTones, findingStates, warningStates } from '../labels.ts'

/** `subjectKey`: `vehicle:<id>`, `person:<id>` or `organisation:<id>`. */
export function SubjectRecords({ subjectKey }: { subjectKey: string }) {
  const can = useCan()
  return (
    <>
      {can('supervision.warning.find') && <SubjectWarnings subjectKey={subjectKey} />}
      {can('supervision.finding.find') && <SubjectFindings subjectKey={subjectKey} />}
      {can('supervision.case.find') && <SubjectCases subjectKey={subjectKey} />}
    </>
  )
}

function SubjectWarnings({ subjectKey }: { subjectKey: string }) {
  return (
    <RecordsPanel
      title="预警提示"
      queryKey={[...supervisionKeys.warnings, subjectKey]}
      load={(page) => supervision.findWarnings({ ...page, subjectKey })}
      empty="没有预警。"
      columns={[
        { title: '提示', width: 320, render: (_, row) => row.sentence },
        { title: '效果', render: (_, row) => <StateTag state={row.effect} labels={effectTones} /> },
        { title: '状态', render: (_, row) => <StateTag state={row.state} labels={warningStates} /> },
        {
          title: '流水号',
          render: (_, row) => <Link to={`/transactions/${row.transactionId}`}>{row.serial}</Link>,
        },
        { title: '时间', render: (_, row) => formatInstant(row.shownAt) },
      ]}
    />
  )
}

function SubjectFindings({ subjectKey }: { subjectKey: string }) {
  return (
    <RecordsPanel
      title="研判结果"
      queryKey={[...supervisionKeys.findings, subjectKey]}
      load={(page) => supervision.findFindings({ ...page, subjectKey })}
      empty="没有研判结果。"
      columns={[
        {
          title: '结论',
          width: 320,
          render: (_, row) => <Link to={`/findings/${row.id}`}>{row.sentence}</Link>,
        },
        { title: '状态', render: (_, row) => <StateTag state={row.state} labels={findingStates} /> },
        { title: '期间', render: (_, row) => `${row.periodFrom} 至 ${row.periodTo}` },
      ]}
    />
  )
}

function SubjectCases({ subjectKey }: { subjectKey: string }) {
  return (
    <RecordsPanel
      title="嫌疑业务"
      queryKey={[...supervisionKeys.cases, subjectKey]}
      load={(page) => supervision.findCases({ ...page, subjectKey })}
      empty="没有嫌疑业务。"
      columns={[
        { title: '编号', render: (_, row) => <Link to={`/suspect-cases/${row.id}`}>{row.number}</Link> },
        { title: '标题', width: 260, dataIndex: 'title' },
        { title: '状态', render: (_, row) => <StateTag state={row.state} labels={caseStates} /> },
        {
          title: '结论',
          render: (_, row) => (row.outcome ? <StateTag state={row.outcome} labels={caseOutcomes} /> : '—'),
        },
        { title: '登记时间', render: (_, row) => formatInstant(row.openedAt) },
      ]}
    />
  )
}
