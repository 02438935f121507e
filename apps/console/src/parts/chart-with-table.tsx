/** A chart and its table: the same figures twice, the chart enlargeable, both leading down to the records. */
import { BarChartOutlined, ExpandOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Empty, Modal, Segmented, Skeleton, Table } from 'antd'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { formatCount } from '../formats.ts'
import { usePrinting } from './use-printing.ts'

const Chart = lazy(() => import('./chart.tsx'))

export interface ChartRow {
  key: string
  label: string
  values: Readonly<Record<string, number | null>>
}
export interface ChartSeries {
  key: string
  title: string
  unit?: string
  /** Among the columns of the table, not drawn. */
  tableOnly?: boolean
  /** A horizontal line to measure against. */
  limit?: { value: number; label: string }
}
export interface ChartWithTableProps {
  title: string
  shape: 'bar' | 'bars' | 'line'
  categoryTitle: string
  rows: readonly ChartRow[]
  series: readonly ChartSeries[]
  onPick?: (row: ChartRow) => void
  /** Last cell of a row of the table. */
  rowEnd?: (row: ChartRow) => ReactNode
  loading?: boolean
  extra?: ReactNode
  height?: number
}

export function ChartWithTable(props: ChartWithTableProps) {
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const [large, setLarge] = useState(false)
  const printing = usePrinting()
  const { rows, height = 260 } = props
  const body = (tall: number) => {
    if (props.loading) return <Skeleton active />
    if (rows.length === 0)
      return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="所选范围内没有数据" />
    return view === 'table' ? (
      <FiguresTable {...props} />
    ) : (
      <Suspense fallback={<Skeleton active />}>
        <Chart {...props} height={tall} />
        {printing && <FiguresTable {...props} whole />}
      </Suspense>
    )
  }
  const switcher = (
    <Segmented
      size="small"
      value={view}
      onChange={setView}
      options={[
        { value: 'chart', label: '图', icon: <BarChartOutlined /> },
        { value: 'table', label: '表', icon: <TableOutlined /> },
      ]}
    />
  )
  return (
    <section className="hj-panel" aria-label={props.title}>
      <h2>
        {props.title}
        <span style={{ display: 'flex', gap: 4, marginLeft: 'auto', fontWeight: 400 }}>
          {props.extra}
          {switcher}
          <Button
            size="small"
            type="text"
            aria-label={`放大${props.title}`}
            icon={<ExpandOutlined />}
            onClick={() => setLarge(true)}
          />
        </span>
      </h2>
      {body(height)}
      <Modal
        open={large}
        title={props.title}
        width="92vw"
        footer={switcher}
        onCancel={() => setLarge(false)}
        destroyOnHidden
      >
        {body(Math.round(window.innerHeight * 0.62))}
      </Modal>
    </section>
  )
}

function FiguresTable({
  categoryTitle,
  rows,
  series,
  onPick,
  rowEnd,
  whole = false,
}: ChartWithTableProps & { whole?: boolean }) {
  return (
    <Table<ChartRow>
      size="small"
      scroll={{ x: 'max-content' }}
      rowKey="key"
      dataSource={[...rows]}
      pagination={
        rows.length > 15 && !whole ? { pageSize: 15, size: 'small', showSizeChanger: false } : false
      }
      columns={[
        {
          title: categoryTitle,
          render: (_, row) =>
            onPick ? (
              <Button type="link" size="small" style={{ padding: 0 }} onClick={() => onPick(row)}>
                {row.label}
              </Button>
            ) : (
              row.label
            ),
        },
        ...series.map(({ key, title, unit }) => ({
          title: unit ? `${title}（${unit}）` : title,
          align: 'right' as const,
          sorter: (a: ChartRow, b: ChartRow) => (a.values[key] ?? 0) - (b.values[key] ?? 0),
          render: (_: unknown, row: ChartRow) => formatCount(row.values[key]),
        })),
        ...(rowEnd && !whole ? [{ key: 'end', render: (_: unknown, row: ChartRow) => rowEnd(row) }] : []),
      ]}
    />
  )
}
