/** The records that make a figure of a theme. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { Link, useSearch } from '@tanstack/react-router'
import { pathOf } from '../../../client.ts'
import { formatInstant } from '../../../formats.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useSession } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { formatFactValue } from '../labels.ts'
import { askedOf, readThemeSearch, writeThemeSearch } from '../theme-search.ts'

export function ThemeRecordsPage() {
  const { unit } = useSession()
  const raw = useSearch({ strict: false }) as Record<string, string>
  const search = readThemeSearch(raw, unit.path)
  return (
    <ListPage
      name="theme-records"
      title="专题分析记录"
      rowKey={(row) => row.id}
      queryKey={[...supervisionKeys.themes, 'records']}
      query={(filters) => askedOf(readThemeSearch(filters, unit.path))}
      load={supervision.findThemeRecords}
      path={pathOf(supervisionContract.findThemeRecords)}
      empty="所选期间与条件下没有记录。"
      above={
        <p className="hj-muted">
          {search.from} 至 {search.to}
          {search.where.length > 0 && `，按 ${search.where.length} 项条件`}，
          <Link to="/themes" search={writeThemeSearch(search) as never}>
            回到专题分析
          </Link>
        </p>
      }
      filters={[
        {
          kind: 'custom',
          key: 'unitPath',
          label: '机构',
          render: (value, set) => <UnitSelect by="path" value={value} onChange={(next) => set(next ?? '')} />,
        },
      ]}
      columns={[
        {
          key: 'label',
          title: '记录',
          render: (row) => <MaybeLink to={row.link}>{row.label}</MaybeLink>,
        },
        { key: 'at', title: '时间', render: (row) => formatInstant(row.at) },
        { key: 'unit', title: '机构', render: (row) => row.unitName ?? row.unitPath },
        {
          key: 'values',
          title: '内容',
          width: 640,
          render: (row) => (
            <span className="hj-small">
              {row.values.map(({ title, value }) => `${title} ${formatFactValue(value)}`).join('；')}
            </span>
          ),
        },
      ]}
    />
  )
}
