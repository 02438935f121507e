/** A vehicle's file (机动车档案): particulars, owners, numbers, inspections, transactions, what supervision found. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Table, Tag } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { DetailPage, Panel } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { SubjectRecords } from '../../supervision/components/subject-records.tsx'
import { business, businessKeys, type VehicleFile, vehicleQuery } from '../api.ts'
import { SubjectTransactions } from '../components/subject-transactions.tsx'
import { VehicleFacts } from '../components/vehicle-facts.tsx'
import { passedWord, vehicleStatusWords } from '../labels.ts'

export function VehiclePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, isPending, refetch } = useQuery(vehicleQuery(id))
  return (
    <DetailPage
      title={data ? `机动车 ${data.plate ?? data.vin ?? ''}` : '机动车档案'}
      state={data?.keyVehicle && <Tag color="warning">重点车辆</Tag>}
      back={{ to: '/transactions', label: '业务流水' }}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
    >
      {data && (
        <>
          <Panel title="基本信息">
            <VehicleFacts
              vehicle={data}
              more={[
                { label: '状态', value: vehicleStatusWords(data.status) },
                { label: '强制报废期止', value: data.scrapDueAt },
                { label: '事故车', value: data.accident === null ? null : data.accident ? '是' : '否' },
                { label: '档案所在机构', value: data.unit ?? data.unitPath },
              ]}
            />
          </Panel>
          <Owners vehicle={data} />
          {data.numbers.length > 0 && <Numbers vehicle={data} />}
          <Inspections vehicleId={id} />
          <SubjectTransactions of={{ vehicleId: id }} />
          <SubjectRecords subjectKey={`vehicle:${id}`} />
        </>
      )}
    </DetailPage>
  )
}

function Owners({ vehicle }: { vehicle: VehicleFile }) {
  return (
    <Panel title="所有人">
      {vehicle.owners.length === 0 ? (
        <span className="hj-muted">没有所有权记录。</span>
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={vehicle.owners}
          columns={[
            {
              title: '所有人',
              render: (_, row) => <MaybeLink to={row.personLink}>{row.person.name ?? '—'}</MaybeLink>,
            },
            { title: '证件号码', render: (_, row) => row.person.idNumber ?? '—' },
            { title: '共有', render: (_, row) => (row.coOwner ? '共同所有人' : '—') },
            { title: '起', render: (_, row) => formatInstant(row.from) },
            { title: '止', render: (_, row) => (row.to ? formatInstant(row.to) : '至今') },
          ]}
        />
      )}
    </Panel>
  )
}

function Numbers({ vehicle }: { vehicle: VehicleFile }) {
  return (
    <Panel title="选号">
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={vehicle.numbers}
        columns={[
          { title: '号码', render: (_, row) => row.number ?? '—' },
          { title: '选号时间', render: (_, row) => formatInstant(row.selectedAt) },
          { title: '使用原号', render: (_, row) => (row.originalNumber ? '是' : '否') },
          { title: '退办时间', render: (_, row) => formatInstant(row.withdrawnAt) },
        ]}
      />
    </Panel>
  )
}

function Inspections({ vehicleId }: { vehicleId: string }) {
  return (
    <RecordsPanel
      title="检验"
      queryKey={[...businessKeys.vehicle(vehicleId), 'inspections']}
      load={(page) => business.findInspections({ ...page, vehicleId })}
      empty="数据范围内没有检验记录。"
      columns={[
        { title: '时间', render: (_, row) => formatInstant(row.at) },
        { title: '检验机构', render: (_, row) => row.institution ?? '—' },
        { title: '检测线', render: (_, row) => row.line ?? '—' },
        { title: '次数', align: 'right', render: (_, row) => row.attempt ?? '—' },
        { title: '结果', render: (_, row) => passedWord(row.passed) },
        { title: '审核员', render: (_, row) => row.auditor ?? '—' },
        { title: '审核时间', render: (_, row) => formatInstant(row.auditedAt) },
      ]}
    />
  )
}
