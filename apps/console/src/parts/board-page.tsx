/** The board: figures that lead to their records, charts with their tables. */
import { FilePdfOutlined, PrinterOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { formatCount } from '../formats.ts'
import { Printed } from './detail-page.tsx'
import { useExporting } from './use-exporting.tsx'

export function BoardPage({
  title,
  head,
  about,
  children,
}: {
  title: string
  /** What the figures are of, said on paper. */
  about?: string
  head?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="hj-page">
      <div className="hj-page-head">
        <h1>{title}</h1>
        <div className="hj-actions">
          {head}
          <Tooltip title="打印">
            <Button aria-label="打印" icon={<PrinterOutlined />} onClick={() => window.print()} />
          </Tooltip>
        </div>
      </div>
      <Printed {...(about ? { about } : {})} />
      {children}
    </div>
  )
}

/** Have the board as a report that the server makes: `path` of the list it stands for, under these filters. */
export function ReportButton({
  title,
  path,
  asked,
}: {
  title: string
  path: string
  asked: Readonly<Record<string, unknown>>
}) {
  const { busy, run } = useExporting(path, title)
  return (
    <Button icon={<FilePdfOutlined />} loading={busy} onClick={() => void run({ ...asked, format: 'pdf' })}>
      {busy ? '正在导出…' : '导出 PDF'}
    </Button>
  )
}

export interface Figure {
  key: string
  label: string
  value: number | string | null | undefined
  /** Where the records of the figure are. */
  to?: string
  search?: Readonly<Record<string, string>>
  hint?: ReactNode
}

/** Figures in a row; each leads to the records that make it. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <div className="hj-figures">
      {figures.map((figure) => {
        const content = (
          <>
            <span>{figure.label}</span>
            <strong className="hj-num">
              {typeof figure.value === 'string' ? figure.value : formatCount(figure.value)}
            </strong>
            {figure.hint && <span className="hj-small">{figure.hint}</span>}
          </>
        )
        return figure.to ? (
          <Link key={figure.key} className="hj-figure" to={figure.to} search={(figure.search ?? {}) as never}>
            {content}
          </Link>
        ) : (
          <div key={figure.key} className="hj-figure">
            {content}
          </div>
        )
      })}
    </div>
  )
}
