/** A person's or organisation's file (人员档案): masked particulars, licences, vehicles, examinations, transactions. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Table } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { DetailPage, Panel } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { SubjectRecords } from '../../supervision/components/subject-records.tsx'
import { business, businessKeys, type PersonFile, personQuery } from '../api.ts'
import { PersonPanel } from '../components/person-panel.tsx'
import { SubjectTransactions } from '../components/subject-transactions.tsx'
import { amendmentFields, examSubjects, licenceStates, passedWord, wordOf } from '../labels.ts'

export function PersonPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(personQuery(id))
  const organisation = data?.kind === 'organisation'
  return (
    <DetailPage
      title={data ? `${organisation ? '单位' : '人员'} ${data.name ?? ''}` : '人员档案'}
      back={{ to: '/transactions', label: '业务流水' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
    >
      {data && (
        <>
          <PersonPanel
            title="基本信息"
            person={data}
            more={[
              { label: '出生年份', value: data.birthYear },
              { label: '档案所在机构', value: data.unit ?? data.unitPath },
            ]}
          />
          {!organisation && <Licences person={data} />}
          <Vehicles person={data} />
          {!organisation && <Examinations candidateId={id} />}
          <SubjectTransactions of={{ personId: id }} />
          {data.changes.length > 0 && <Changes person={data} />}
          <SubjectRecords subjectKey={`${data.kind}:${id}`} />
        </>
      )}
    </DetailPage>
  )
}

function Licences({ person }: { person: PersonFile }) {
  return (
    <Panel title="驾驶证">
      {person.licences.length === 0 ? (
        <span className="hj-muted">没有驾驶证。</span>
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={person.licences}
          columns={[
            { title: '准驾车型', render: (_, row) => row.classes ?? '—' },
            { title: '状态', render: (_, row) => wordOf(licenceStates, row.state) || '—' },
            { title: '初次领证', render: (_, row) => row.firstIssuedAt ?? '—' },
            { title: '有效期止', render: (_, row) => row.validUntil ?? '长期' },
            { title: '累积记分', align: 'right', render: (_, row) => row.points ?? '—' },
          ]}
        />
      )}
    </Panel>
  )
}

function Vehicles({ person }: { person: PersonFile }) {
  return (
    <Panel title="名下机动车">
      {person.vehicles.length === 0 ? (
        <span className="hj-muted">没有机动车。</span>
      ) : (
        <Table
          size="small"
          rowKey="id"
          scroll={{ x: 'max-content' }}
          pagination={person.vehicles.length > 10 ? { pageSize: 10, size: 'small' } : false}
          dataSource={person.vehicles}
          columns={[
            {
              title: '号牌号码',
              render: (_, { vehicle, vehicleLink }) => (
                <MaybeLink to={vehicleLink}>{vehicle.plate ?? vehicle.vin ?? '—'}</MaybeLink>
              ),
            },
            {
              title: '品牌型号',
              render: (_, { vehicle }) => [vehicle.brand, vehicle.model].filter(Boolean).join(' ') || '—',
            },
            { title: '共有', render: (_, row) => (row.coOwner ? '共同所有人' : '—') },
            { title: '起', render: (_, row) => formatInstant(row.from) },
            { title: '止', render: (_, row) => (row.to ? formatInstant(row.to) : '至今') },
          ]}
        />
      )}
    </Panel>
  )
}

function Examinations({ candidateId }: { candidateId: string }) {
  return (
    <RecordsPanel
      title="考试"
      queryKey={[...businessKeys.person(candidateId), 'examinations']}
      load={(page) => business.findExaminations({ ...page, candidateId })}
      empty="数据范围内没有考试记录。"
      columns={[
        { title: '时间', render: (_, row) => formatInstant(row.at) },
        { title: '科目', render: (_, row) => wordOf(examSubjects, row.subject) },
        { title: '准驾车型', render: (_, row) => row.licenceClass ?? '—' },
        { title: '考场', render: (_, row) => row.site ?? '—' },
        { title: '考试员', render: (_, row) => row.examiner ?? '—' },
        { title: '次数', align: 'right', render: (_, row) => row.attempt ?? '—' },
        { title: '成绩', align: 'right', render: (_, row) => row.score ?? '—' },
        { title: '结果', render: (_, row) => passedWord(row.passed) },
      ]}
    />
  )
}

function Changes({ person }: { person: PersonFile }) {
  return (
    <Panel title="信息变更">
      <Table
        size="small"
        rowKey="id"
        scroll={{ x: 'max-content' }}
        pagination={person.changes.length > 10 ? { pageSize: 10, size: 'small' } : false}
        dataSource={person.changes}
        columns={[
          { title: '项目', render: (_, row) => wordOf(amendmentFields, row.field) },
          { title: '时间', render: (_, row) => formatInstant(row.at) },
          { title: '经办人', render: (_, row) => row.operator ?? '—' },
        ]}
      />
    </Panel>
  )
}
