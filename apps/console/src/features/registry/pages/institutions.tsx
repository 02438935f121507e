import { registryContract } from '@hengjian/registry/contract'
import { pathOf } from '../../../client.ts'
import { ListPage } from '../../../parts/list-page.tsx'
import { StateTag, stateOptions } from '../../../parts/state-tag.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { registry, registryKeys } from '../api.ts'
import { filingStates, institutionKinds } from '../labels.ts'

export function InstitutionsPage() {
  return (
    <ListPage
      name="institutions"
      title="社会化服务机构"
      rowKey={(row) => row.id}
      queryKey={registryKeys.institutions}
      query={(filters) => ({
        ...(filters['text'] ? { text: filters['text'] } : {}),
        ...(filters['kind'] ? { kind: filters['kind'] as 'dealer' } : {}),
        ...(filters['state'] ? { state: filters['state'] as 'active' } : {}),
        ...(filters['under'] ? { under: filters['under'] } : {}),
      })}
      load={registry.findInstitutions}
      usualSort="name"
      path={pathOf(registryContract.findInstitutions)}
      empty="还没有社会化服务机构。导入业务数据时随来源登记。"
      filters={[
        { kind: 'text', key: 'text', label: '名称或代码' },
        {
          kind: 'select',
          key: 'kind',
          label: '类别',
          options: Object.entries(institutionKinds).map(([value, label]) => ({ value, label })),
        },
        { kind: 'select', key: 'state', label: '状态', width: 110, options: stateOptions(filingStates) },
        {
          kind: 'custom',
          key: 'under',
          label: '机构',
          render: (value, set) => (
            <UnitSelect by="path" placeholder="管理机构" value={value} onChange={(next) => set(next ?? '')} />
          ),
        },
      ]}
      columns={[
        { key: 'name', sort: 'name', title: '名称', render: (row) => row.name },
        { key: 'kind', title: '类别', render: (row) => institutionKinds[row.kind] },
        { key: 'code', sort: 'code', title: '代码', render: (row) => row.code ?? '—' },
        { key: 'region', title: '行政区划', render: (row) => row.region ?? '—' },
        {
          key: 'state',
          title: '状态',
          render: (row) => <StateTag state={row.state} labels={filingStates} />,
        },
        {
          key: 'unitPath',
          title: '管理机构路径',
          render: (row) => <span className="hj-code">{row.unitPath}</span>,
        },
        { key: 'source', title: '来源', render: (row) => row.source, hidden: true },
      ]}
    />
  )
}
