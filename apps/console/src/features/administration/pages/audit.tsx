/** The audit log: who did what to which object, from where, with what result. For the audit administrator alone. */
import { SafetyCertificateOutlined } from '@ant-design/icons'
import { type AuditEntryView, administrationContract } from '@hengjian/administration/contract'
import { Link } from '@tanstack/react-router'
import { Button, Drawer, Tag, Typography } from 'antd'
import { useState } from 'react'
import { pathOf } from '../../../client.ts'
import { endOfDay, formatSecond, startOfDay } from '../../../formats.ts'
import { Facts } from '../../../parts/detail-page.tsx'
import { ListPage } from '../../../parts/list-page.tsx'
import type { Filters } from '../../../parts/list-state.ts'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { type ActionWords, useActionWords } from '../action-words.ts'
import { administration, administrationKeys } from '../api.ts'
import { actorKinds, auditResults } from '../labels.ts'

export function AuditPage() {
  const [shown, setShown] = useState<AuditEntryView | null>(null)
  const words = useActionWords()
  return (
    <>
      <ListPage
        name="audit"
        title="审计日志"
        rowKey={(row) => row.id}
        queryKey={administrationKeys.audit}
        query={queryOf}
        load={administration.findAuditEntries}
        usualSort="-at"
        path={pathOf(administrationContract.findAuditEntries)}
        actions={
          <Link to="/audit/verifications">
            <Button icon={<SafetyCertificateOutlined />}>完整性校验</Button>
          </Link>
        }
        empty="没有审计记录。"
        filters={[
          { kind: 'text', key: 'actorName', label: '操作人', width: 130 },
          { kind: 'text', key: 'action', label: '操作', placeholder: '操作，如 business.', width: 190 },
          { kind: 'text', key: 'objectId', label: '对象编号', width: 160 },
          { kind: 'select', key: 'result', label: '结果', width: 110, options: stateOptions(auditResults) },
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
            key: 'at',
            sort: 'at',
            title: '时间',
            render: (row) => (
              <Button type="link" className="hj-wrap-link" onClick={() => setShown(row)}>
                <span className="hj-nowrap">{formatSecond(row.at)}</span>
              </Button>
            ),
          },
          { key: 'actor', title: '操作人', render: (row) => row.actorName ?? actorKinds[row.actorKind] },
          {
            key: 'action',
            title: '操作',
            render: (row) => <Action action={row.action} words={words} />,
          },
          {
            key: 'object',
            title: '对象',
            render: (row) =>
              row.object ? (
                <span className="hj-code">{`${row.object.kind} ${row.object.id.slice(0, 8)}`}</span>
              ) : (
                '—'
              ),
          },
          {
            key: 'result',
            title: '结果',
            render: (row) => <StateTag state={row.result} labels={auditResults} />,
          },
          { key: 'reason', title: '理由', width: 180, render: (row) => row.reason ?? '—' },
          { key: 'clientAddress', title: '来源地址', render: (row) => row.clientAddress ?? '—' },
          { key: 'unit', title: '机构路径', render: (row) => row.actorUnitPath ?? '—', hidden: true },
          { key: 'sequence', title: '链序号', align: 'right', render: (row) => row.sequence ?? '待封存' },
          {
            key: 'intact',
            title: '校验',
            render: (row) => (row.intact ? <Tag color="success">相符</Tag> : <Tag color="error">不符</Tag>),
          },
        ]}
      />
      <Drawer open={shown !== null} size={560} title="审计记录" onClose={() => setShown(null)}>
        {shown && <Entry entry={shown} words={words} />}
      </Drawer>
    </>
  )
}

function Entry({ entry, words }: { entry: AuditEntryView; words: ActionWords }) {
  return (
    <>
      <Facts
        columns={1}
        items={[
          { label: '时间', value: formatSecond(entry.at) },
          {
            label: '操作人',
            value: `${entry.actorName ?? actorKinds[entry.actorKind]} ${entry.actorUnitPath ?? ''}`,
          },
          { label: '来源地址', value: entry.clientAddress },
          { label: '请求编号', value: entry.requestId },
          { label: '操作', value: <Action action={entry.action} words={words} /> },
          { label: '对象', value: entry.object && `${entry.object.kind} ${entry.object.id}` },
          { label: '结果', value: <StateTag state={entry.result} labels={auditResults} /> },
          { label: '理由', value: entry.reason },
          { label: '链序号', value: entry.sequence ?? '待封存（一秒内）' },
          { label: '校验', value: entry.intact ? '与校验值相符' : '与校验值不符：记录被改动过' },
        ]}
      />
      {(entry.before !== null || entry.after !== null) && (
        <BeforeAfter before={entry.before} after={entry.after} />
      )}
    </>
  )
}

function Action({ action, words }: { action: string; words: ActionWords }) {
  return words[action] ? (
    <span title={action}>{words[action]}</span>
  ) : (
    <span className="hj-code">{action}</span>
  )
}

function BeforeAfter({ before, after }: { before: unknown; after: unknown }) {
  return (
    <>
      {[
        { title: '操作前', value: before },
        { title: '操作后', value: after },
      ].map(({ title, value }) =>
        value === null || value === undefined ? null : (
          <section key={title}>
            <h3 className="hj-h2" style={{ margin: '12px 0 4px' }}>
              {title}
            </h3>
            <Typography.Paragraph copyable={{ text: JSON.stringify(value) }}>
              <pre className="hj-code hj-pre">{JSON.stringify(value, null, 2)}</pre>
            </Typography.Paragraph>
          </section>
        ),
      )}
    </>
  )
}

function queryOf(filters: Filters) {
  const { actorName, action, objectId, result, dayFrom, dayTo, unitPath } = filters
  return {
    ...(actorName ? { actorName } : {}),
    ...(action ? { action } : {}),
    ...(objectId ? { objectId } : {}),
    ...(result ? { result: result as 'done' } : {}),
    ...(dayFrom ? { from: startOfDay(dayFrom) } : {}),
    ...(dayTo ? { until: endOfDay(dayTo) } : {}),
    ...(unitPath ? { unitPath } : {}),
  }
}
