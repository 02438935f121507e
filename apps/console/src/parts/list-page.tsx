/**
 * The list: filters and order in the address, saved filters, column choice, density, bulk actions, export, cursor pages, and
 * words for the empty and the failed state. On a telephone rows become cards.
 */
import {
  ColumnHeightOutlined,
  DownloadOutlined,
  LeftOutlined,
  ReloadOutlined,
  RightOutlined,
  SettingOutlined,
} from '@ant-design/icons'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Dropdown, Empty, Popover, Select, Space, Table, Tooltip } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import { formatCount } from '../formats.ts'
import type { ExportFormat } from './export-list.ts'
import { FilterBar, type ListFilter } from './filter-bar.tsx'
import { type Filters, type Page, type PageRequest, useFilters, usePages, useSort } from './list-state.ts'
import { ProblemAlert } from './problem-alert.tsx'
import { useExporting } from './use-exporting.tsx'
import { useHotkeys } from './use-hotkeys.ts'
import { useKept } from './use-kept.ts'
import { useNarrow } from './use-narrow.ts'

export interface ListColumn<R> {
  key: string
  title: string
  render: (row: R) => ReactNode
  /** The operation sorts by this column, under this name. */
  sort?: string
  /** Not among the columns of the export. */
  screenOnly?: boolean
  width?: number
  align?: 'right'
  /** Stays in sight at the end of a row that is wider than the window. */
  pinned?: boolean
  /** Not shown until chosen. */
  hidden?: boolean
}

export interface ListPageProps<R, Q extends object> {
  /** Name under which column choice, density and saved filters are kept. */
  name: string
  title: string
  filters: readonly ListFilter[]
  columns: readonly ListColumn<R>[]
  rowKey: (row: R) => string
  queryKey: readonly unknown[]
  /** What the filters ask of the operation; the list and its export alike. */
  query: (filters: Filters) => Q
  load: (input: Q & PageRequest) => Promise<Page<R>>
  /** Path of the operation, which its export is beside. */
  path: string
  /** The order without being told. */
  usualSort?: string
  /** Address of a row's own page. */
  open?: (row: R) => string
  /** Fetch what the row's page will need; called when the pointer or the focus comes to it. */
  prefetch?: (row: R) => void
  actions?: ReactNode
  /** Actions on chosen rows; without it rows cannot be chosen. */
  bulk?: (rows: R[], clear: () => void) => ReactNode
  /** What to do when there is nothing. */
  empty: ReactNode
  above?: ReactNode
  refetchMs?: number
  pageSize?: number
  embedded?: boolean
}

export function ListPage<R extends object, Q extends object>(props: ListPageProps<R, Q>) {
  const { name, title, columns, rowKey, open, prefetch } = props
  const [filters, setFilters] = useFilters()
  const [sort = props.usualSort, setSort] = useSort()
  const [hiddenKeys, setHiddenKeys] = useKept<string[]>(
    `list.${name}.hidden`,
    columns.filter(({ hidden }) => hidden).map(({ key }) => key),
  )
  const [dense, setDense] = useKept(`list.${name}.dense`, true)
  const [limit, setLimit] = useKept(`list.${name}.limit`, props.pageSize ?? 50)
  const [chosen, setChosen] = useState<R[]>([])
  const narrow = useNarrow()
  const navigate = useNavigate()
  const body = useRef<HTMLDivElement>(null)
  const pages = usePages(
    [...props.queryKey, filters, sort],
    (page) => props.load({ ...props.query(filters), ...page, ...(sort ? { sort: sort as never } : {}) }),
    limit,
    props.refetchMs,
  )
  const shown = columns.filter(({ key }) => !hiddenKeys.includes(key))
  const filtered = Object.keys(filters).length > 0

  useHotkeys({
    '/': () => document.querySelector<HTMLElement>('.hj-filters input')?.focus(),
    j: () => moveFocus(body.current, 1),
    k: () => moveFocus(body.current, -1),
    ArrowDown: () => moveFocus(body.current, 1),
    ArrowUp: () => moveFocus(body.current, -1),
    '[': pages.hasPrevious ? pages.previous : undefined,
    ']': pages.hasNext ? pages.next : undefined,
  })

  const cell = (column: ListColumn<R>, index: number) => (row: R) => {
    const content = column.render(row)
    return open && index === 0 ? <Link to={open(row)}>{content}</Link> : content
  }
  const empty = pages.query.isPending ? (
    <span className="hj-muted hj-reading">正在读取…</span>
  ) : (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={filtered ? '没有符合筛选条件的记录' : props.empty}
    >
      {filtered && <Button onClick={() => setFilters({})}>清除筛选</Button>}
    </Empty>
  )

  return (
    <div className={props.embedded ? 'hj-list' : 'hj-page hj-list'}>
      {!props.embedded && (
        <div className="hj-page-head">
          <h1>{title}</h1>
          <div className="hj-actions">{props.actions}</div>
        </div>
      )}
      {props.above}
      <FilterBar name={name} filters={props.filters} values={filters} onChange={setFilters} />
      <div className="hj-list-bar">
        {props.bulk && chosen.length > 0 ? (
          <Space wrap>
            <strong>已选 {chosen.length} 项</strong>
            {props.bulk(chosen, () => setChosen([]))}
            <Button type="link" onClick={() => setChosen([])}>
              取消选择
            </Button>
          </Space>
        ) : (
          <span className="hj-muted" aria-live="polite">
            {counted(pages.total, pages.items.length, pages.hasNext)}
          </span>
        )}
        <span className="hj-spring" />
        <Space size={4}>
          <Tooltip title="刷新">
            <Button
              type="text"
              aria-label="刷新"
              icon={<ReloadOutlined spin={pages.query.isFetching} />}
              onClick={() => void pages.query.refetch()}
            />
          </Tooltip>
          {!narrow && (
            <Tooltip title={dense ? '宽松行距' : '紧凑行距'}>
              <Button
                type="text"
                aria-label={dense ? '宽松行距' : '紧凑行距'}
                icon={<ColumnHeightOutlined />}
                onClick={() => setDense(!dense)}
              />
            </Tooltip>
          )}
          {narrow && <SortChoice columns={columns} sort={sort} onChange={setSort} />}
          <ColumnChoice columns={columns} hidden={hiddenKeys} onChange={setHiddenKeys} />
          <ExportButton
            title={title}
            path={props.path}
            asked={() => ({
              ...props.query(filters),
              ...(sort ? { sort } : {}),
              columns: shown.filter(({ screenOnly }) => !screenOnly).map(({ key }) => key),
            })}
          />
        </Space>
      </div>
      <ProblemAlert error={pages.query.error} onRetry={() => void pages.query.refetch()} />
      <div ref={body}>
        {narrow ? (
          <Cards rows={pages.items} columns={shown} rowKey={rowKey} cell={cell} empty={empty} />
        ) : (
          <Table<R>
            size={dense ? 'small' : 'middle'}
            rowKey={rowKey}
            dataSource={pages.items}
            loading={pages.query.isPlaceholderData}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: empty }}
            columns={shown.map((column, index) => ({
              key: column.key,
              title: column.title,
              ...(column.width === undefined ? {} : { width: column.width }),
              ...(column.align === undefined ? {} : { align: column.align }),
              ...(column.pinned ? { fixed: 'end' as const } : {}),
              ...(column.sort ? { sorter: true, sortOrder: orderOf(column.sort, sort) } : {}),
              render: (_: unknown, row: R) => cell(column, index)(row),
            }))}
            sortDirections={['descend', 'ascend']}
            onChange={(_, __, sorter) => {
              const { columnKey, order } = [sorter].flat()[0]!
              const by = columns.find(({ key }) => key === columnKey)?.sort
              setSort(by && order ? `${order === 'descend' ? '-' : ''}${by}` : undefined)
            }}
            {...(props.bulk
              ? {
                  rowSelection: {
                    selectedRowKeys: chosen.map(rowKey),
                    preserveSelectedRowKeys: true,
                    onChange: (_: unknown, rows: R[]) => setChosen(rows),
                  },
                }
              : {})}
            rowClassName={open ? 'hj-opens' : ''}
            onRow={(row) => ({
              tabIndex: open ? 0 : -1,
              onMouseEnter: () => prefetch?.(row),
              onFocus: () => prefetch?.(row),
              onClick: (event) => {
                if (open && plainClick(event)) void navigate({ to: open(row) })
              },
              onKeyDown: (event) => {
                if (open && event.key === 'Enter' && event.target === event.currentTarget)
                  void navigate({ to: open(row) })
              },
            })}
          />
        )}
      </div>
      {(pages.hasPrevious || pages.hasNext || limit !== 50) && (
        <div className="hj-list-foot">
          <Select
            aria-label="每页条数"
            value={limit}
            onChange={setLimit}
            options={[20, 50, 100, 200].map((value) => ({ value, label: `每页 ${value} 条` }))}
          />
          <Space>
            <Button icon={<LeftOutlined />} disabled={!pages.hasPrevious} onClick={pages.previous}>
              上一页
            </Button>
            <span className="hj-muted">第 {pages.index + 1} 页</span>
            <Button
              disabled={!pages.hasNext}
              onClick={pages.next}
              iconPlacement="end"
              icon={<RightOutlined />}
            >
              下一页
            </Button>
          </Space>
        </div>
      )}
    </div>
  )
}

const counted = (total: number | undefined, onPage: number, more: boolean): string => {
  if (total !== undefined) return `共 ${formatCount(total)} 条`
  return more ? `本页 ${onPage} 条，后面还有` : `${onPage} 条`
}

const orderOf = (column: string, sort: string | undefined) =>
  sort === column ? ('ascend' as const) : sort === `-${column}` ? ('descend' as const) : null

/** The order where there are no column heads to click. */
function SortChoice<R>({
  columns,
  sort,
  onChange,
}: {
  columns: readonly ListColumn<R>[]
  sort: string | undefined
  onChange: (sort: string | undefined) => void
}) {
  const options = columns.flatMap(({ title, sort: by }) =>
    by
      ? [
          { value: `-${by}`, label: `${title} ↓` },
          { value: by, label: `${title} ↑` },
        ]
      : [],
  )
  if (options.length === 0) return null
  return (
    <Select
      size="small"
      aria-label="排序"
      placeholder="排序"
      variant="borderless"
      value={sort}
      options={options}
      popupMatchSelectWidth={false}
      onChange={onChange}
    />
  )
}

/** A click that is not on a control and does not end a selection of text. */
const plainClick = (event: React.MouseEvent): boolean =>
  !(event.target as HTMLElement).closest('a, button, input, label, .ant-table-selection-column') &&
  window.getSelection()?.toString() === ''

function moveFocus(body: HTMLElement | null, by: number): void {
  const rows = [...(body?.querySelectorAll<HTMLElement>('tr.ant-table-row') ?? [])]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
}

function Cards<R>({
  rows,
  columns,
  rowKey,
  cell,
  empty,
}: {
  rows: R[]
  columns: readonly ListColumn<R>[]
  rowKey: (row: R) => string
  cell: (column: ListColumn<R>, index: number) => (row: R) => ReactNode
  empty: ReactNode
}) {
  if (rows.length === 0) return <div style={{ padding: 24, textAlign: 'center' }}>{empty}</div>
  return (
    <div className="hj-cards">
      {rows.map((row) => (
        <dl className="hj-card" key={rowKey(row)} style={{ margin: 0 }}>
          {columns.map((column, index) => [
            <dt key={`${column.key}-t`}>{column.title}</dt>,
            <dd key={column.key}>{cell(column, index)(row)}</dd>,
          ])}
        </dl>
      ))}
    </div>
  )
}

function ColumnChoice<R>({
  columns,
  hidden,
  onChange,
}: {
  columns: readonly ListColumn<R>[]
  hidden: readonly string[]
  onChange: (hidden: string[]) => void
}) {
  const content = (
    <Space orientation="vertical" size={2}>
      {columns.map(({ key, title }, index) => (
        <Checkbox
          key={key}
          disabled={index === 0}
          checked={!hidden.includes(key)}
          onChange={(event) =>
            onChange(event.target.checked ? hidden.filter((other) => other !== key) : [...hidden, key])
          }
        >
          {title}
        </Checkbox>
      ))}
      <Button
        type="link"
        size="small"
        onClick={() => onChange(columns.filter((column) => column.hidden).map(({ key }) => key))}
      >
        恢复默认
      </Button>
    </Space>
  )
  return (
    <Popover trigger="click" placement="bottomRight" content={content} title="显示的列">
      <Button type="text" aria-label="选择显示的列" icon={<SettingOutlined />} />
    </Popover>
  )
}

/** Have what is shown as a file. */
export function ExportButton({
  title,
  path,
  asked,
}: {
  title: string
  path: string
  asked: () => { columns: string[] }
}) {
  const { busy, run } = useExporting(path, title)
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'xlsx', label: '导出 Excel（XLSX）' },
          { key: 'csv', label: '导出 CSV' },
        ],
        onClick: ({ key }) => void run({ ...asked(), format: key as ExportFormat }),
      }}
    >
      <Button type="text" icon={<DownloadOutlined />} loading={busy}>
        {busy ? '正在导出…' : '导出'}
      </Button>
    </Dropdown>
  )
}
