/** What a leader needs to decide: what was found and why, the transaction, and what went before. */
import type { AuthorisationView } from '@hengjian/supervision/contract'
import { Link } from '@tanstack/react-router'
import { Table, Tabs } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { hasPage } from '../labels.ts'
import { Explanation } from './explanation.tsx'

export function AuthorisationFacts({ authorisation }: { authorisation: AuthorisationView }) {
  const { hits, facts, steps, history } = authorisation
  return (
    <>
      <Panel title="为什么需要授权">
        {hits.length === 1 && hits[0] ? (
          <Explanation explanation={hits[0].explanation} />
        ) : (
          <Tabs
            items={hits.map((hit) => ({
              key: hit.id,
              label: hit.title,
              children: <Explanation explanation={hit.explanation} />,
            }))}
          />
        )}
      </Panel>
      <Panel
        title="业务"
        extra={<Link to={`/transactions/${authorisation.transactionId}`}>流水 {authorisation.serial}</Link>}
      >
        <Facts
          items={facts.map(({ label, value, link }) => ({
            label,
            value: (
              <MaybeLink to={hasPage(link) ? link : null}>
                {isInstant(value) ? formatInstant(value) : value}
              </MaybeLink>
            ),
          }))}
        />
        {steps.length > 0 && (
          <Table
            size="small"
            rowKey={(step) => `${step.step}:${step.at}`}
            pagination={false}
            style={{ marginTop: 8 }}
            dataSource={steps}
            columns={[
              { title: '环节', dataIndex: 'title' },
              { title: '经办人', render: (_, step) => step.operatorName ?? '—' },
              { title: '时间', render: (_, step) => formatInstant(step.at) },
              { title: '意见', render: (_, step) => step.opinion ?? '—' },
            ]}
          />
        )}
      </Panel>
      <Panel title="此前的预警、授权与嫌疑业务">
        {history.length === 0 ? (
          <span className="hj-muted">经办人和业务对象此前没有记录。</span>
        ) : (
          <Table
            size="small"
            rowKey="id"
            pagination={history.length > 10 ? { pageSize: 10, size: 'small' } : false}
            dataSource={history}
            columns={[
              { title: '关于', render: (_, line) => (line.about === 'handler' ? '经办人' : '业务对象') },
              { title: '类别', render: (_, line) => HISTORY_KINDS[line.kind] },
              {
                title: '内容',
                render: (_, line) =>
                  hasPage(line.link) ? <Link to={line.link}>{line.title}</Link> : line.title,
              },
              { title: '时间', render: (_, line) => formatInstant(line.at) },
            ]}
          />
        )}
      </Panel>
    </>
  )
}

/** Facts come as text; an instant among them reads like every other time. */
const isInstant = (value: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(value)

const HISTORY_KINDS = { warning: '预警', authorisation: '授权', case: '嫌疑业务' } as const
