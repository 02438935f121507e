/** What was said of one crossing, judgment after judgment. */
import { Link } from '@tanstack/react-router'
import { formatCount, formatInstant } from '../../../formats.ts'
import { RecordsPanel } from '../../../parts/records-panel.tsx'
import { StateTag } from '../../../parts/state-tag.tsx'
import { supervision, supervisionKeys } from '../api.ts'
import { findingStates, formatMeasured, formatThreshold } from '../labels.ts'
import { ChangeCauses } from './changed-figures.tsx'

export const FindingHistory = ({ id }: { id: string }) => (
  <RecordsPanel
    title="本期历次研判"
    queryKey={[...supervisionKeys.finding(id), 'history']}
    load={(page) => supervision.findFindingHistory({ id, ...page })}
    empty="没有记录"
    columns={[
      {
        title: '研判时间',
        render: (_, row) =>
          row.runId ? (
            <Link to={`/analysis-runs/${row.runId}`}>{formatInstant(row.foundAt)}</Link>
          ) : (
            formatInstant(row.foundAt)
          ),
      },
      { title: '状态', render: (_, row) => <StateTag state={row.state} labels={findingStates} /> },
      { title: '测得', align: 'right', render: (_, row) => formatMeasured(row.figures.measured, row.unit) },
      { title: '对照', align: 'right', render: (_, row) => formatMeasured(row.figures.base, row.unit) },
      {
        title: '阈值',
        align: 'right',
        render: (_, row) => (
          <span className="hj-nowrap">
            {formatThreshold(row.comparison, row.figures.threshold, row.unit)}
          </span>
        ),
      },
      { title: '样本', align: 'right', render: (_, row) => formatCount(row.figures.sample ?? 0) },
      { title: '指标版本', align: 'right', render: (_, row) => row.figures.version },
      {
        title: '变化原因',
        width: 320,
        render: (_, row) => (
          <>
            {row.runId ? <ChangeCauses causes={row.causes} /> : '首次发现'}
            {row.worsened && <div>已在办结的嫌疑业务中注明加重</div>}
            {row.vanishedAt && (
              <div className="hj-muted">
                {formatInstant(row.vanishedAt)} 起不再成立
                {row.vanishedBecause.length > 0 && <ChangeCauses causes={row.vanishedBecause} />}
              </div>
            )}
          </>
        ),
      },
    ]}
  />
)
