/** Why it fired: one sentence, the figures, the parameters, and the records that counted. */
import type { ExplanationView } from '@hengjian/supervision/contract'
import { Link } from '@tanstack/react-router'
import { Alert, Table } from 'antd'
import { formatInstant } from '../../../formats.ts'
import { Facts } from '../../../parts/detail-page.tsx'
import {
  formatMeasure,
  formatMeasured,
  formatParameter,
  formatThreshold,
  hasPage,
  sentenceWith,
} from '../labels.ts'

export function Explanation({ explanation }: { explanation: ExplanationView }) {
  const { indicator, unit } = explanation
  const words = explanation.dimensions.map(({ title, label }) => ({ label: title, value: label }))
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      {explanation.status === 'unavailable' && (
        <Alert type="warning" showIcon title="外部系统没有应答，已按配置的降级办法处理。" />
      )}
      <p style={{ margin: 0, fontSize: 15 }}>{explanation.sentence}</p>
      <Facts
        items={[
          ...words,
          {
            label: '测得',
            value: explanation.measured === null ? null : formatMeasured(explanation.measured, unit),
          },
          { label: '对照', value: explanation.base === null ? null : formatMeasured(explanation.base, unit) },
          {
            label: '偏离',
            value: explanation.deviation === null ? null : formatMeasure(explanation.deviation, unit),
          },
          {
            label: '阈值',
            value:
              explanation.threshold === null
                ? null
                : formatThreshold(explanation.comparison, explanation.threshold, unit),
          },
          { label: '样本', value: explanation.sample === null ? null : String(explanation.sample) },
        ]}
      />
      <Facts
        columns={1}
        items={[
          { label: '指标', value: `${indicator.code} ${indicator.title}（第 ${indicator.version} 版）` },
          { label: '定义', value: sentenceWith(indicator.definition, explanation.parameters) },
          { label: '依据', value: indicator.legalBasis },
          {
            label: '参数',
            value: explanation.parameters
              .map(({ title, value }) => `${title} ${formatParameter(value)}`)
              .join('；'),
          },
        ]}
      />
      {explanation.evidence.length > 0 && (
        <Table
          size="small"
          rowKey="id"
          title={() => '涉及的记录'}
          pagination={explanation.evidence.length > 10 ? { pageSize: 10, size: 'small' } : false}
          dataSource={explanation.evidence}
          columns={[
            {
              title: '记录',
              render: (_, row) => (hasPage(row.link) ? <Link to={row.link}>{row.label}</Link> : row.label),
            },
            { title: '时间', render: (_, row) => <span className="hj-nowrap">{formatInstant(row.at)}</span> },
            { title: '机构', render: (_, row) => row.unitName ?? '—' },
          ]}
        />
      )}
      {explanation.elsewhere.map((group) => (
        <p key={`${group.fact}:${group.unitPath}`} className="hj-muted" style={{ margin: 0 }}>
          另有 {group.count} 条{group.label}在{group.unitName ?? group.unitPath}
          {group.maskedKeys.length > 0 ? `（${group.maskedKeys.join('、')}）` : ''}，不在您的数据范围内。
        </p>
      ))}
    </div>
  )
}
