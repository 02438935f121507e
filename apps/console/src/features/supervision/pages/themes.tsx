/** Thematic analysis (专题分析): one page for all themes; what they measure and are divided by, the server says. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { DatePicker, Segmented, Select, Skeleton, Tag } from 'antd'
import dayjs from 'dayjs'
import { pathOf } from '../../../client.ts'
import { formatCount } from '../../../formats.ts'
import { BoardPage, Figures, ReportButton } from '../../../parts/board-page.tsx'
import { type ChartRow, ChartWithTable } from '../../../parts/chart-with-table.tsx'
import { ExportButton } from '../../../parts/list-page.tsx'
import { ProblemAlert } from '../../../parts/problem-alert.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useSession } from '../../../session.ts'
import { supervision, supervisionKeys } from '../api.ts'
import { askedOf, readThemeSearch, STEPS, type ThemeSearch, writeThemeSearch } from '../theme-search.ts'

type Theme = Awaited<ReturnType<typeof supervision.listThemes>>['items'][number]
type Measure = Theme['measures'][number]
type Row = Awaited<ReturnType<typeof supervision.findThemeFigures>>['items'][number]

/** Groups of one chart. */
const MOST_BARS = 20
/** Most years of one question. */
const MOST_YEARS = 5

export function ThemesPage() {
  const { data: themes, error } = useQuery({
    queryKey: [...supervisionKeys.themes, 'list'],
    queryFn: async () => (await supervision.listThemes({})).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { unit } = useSession()
  const raw = useSearch({ strict: false }) as Record<string, string>
  const search = readThemeSearch(raw, unit.path)
  const theme = themes?.find(({ code }) => code === search.theme) ?? themes?.[0]
  if (!themes || !theme) return error ? <ProblemAlert error={error} /> : <Skeleton active />
  return <ThemeBoard key={theme.code} themes={themes} theme={theme} search={search} raw={raw} />
}

function ThemeBoard(props: {
  themes: readonly Theme[]
  theme: Theme
  search: ThemeSearch
  raw: Readonly<Record<string, string>>
}) {
  const { themes, theme, search, raw } = props
  const navigate = useNavigate()
  const step = (raw['step'] && raw['step'] in STEPS ? raw['step'] : 'month') as keyof typeof STEPS
  const measure = theme.measures.find(({ key }) => key === raw['measure']) ?? theme.measures[0]!
  const set = (changes: Partial<ThemeSearch> & { step?: string; measure?: string }): void => {
    const { step: nextStep = step, measure: nextMeasure = measure.key, ...rest } = changes
    void navigate({
      to: '.',
      search: { ...writeThemeSearch({ ...search, ...rest }), step: nextStep, measure: nextMeasure } as never,
      replace: true,
    })
  }
  const total = useFigures({ ...askedOf(search), by: step })
  const narrow = (dimension: string) => (row: ChartRow) =>
    dimension === 'unit'
      ? set({ unitPath: row.key })
      : set({
          where: [
            ...search.where.filter((one) => !one.startsWith(`${dimension}:`)),
            `${dimension}:${row.key}`,
          ],
        })
  const panel = { theme, measure, search }
  const { before, yearBefore } = total.data ?? {}
  const same = before !== undefined && before.from === yearBefore?.from && before.to === yearBefore.to
  return (
    <BoardPage
      title="专题分析"
      about={`${theme.title}，${search.from} 至 ${search.to}${search.where.length > 0 ? `，条件 ${search.where.join('、')}` : ''}`}
      head={
        <>
          <UnitSelect
            by="path"
            allowClear={false}
            width={220}
            value={search.unitPath}
            onChange={(unitPath) => unitPath && set({ unitPath })}
          />
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(search.from), dayjs(search.to)]}
            disabledDate={(day, { from }) =>
              from !== undefined && Math.abs(day.diff(from, 'year', true)) >= MOST_YEARS
            }
            onChange={(_, [from, to]) => set({ from, to })}
          />
          <ReportButton
            title={`专题分析报告-${theme.title}`}
            path={pathOf(supervisionContract.findThemeFigures)}
            asked={{ ...askedOf(search), by: step, sort: `-${measure.key}` }}
          />
        </>
      }
    >
      <div className="hj-filters">
        <Select
          aria-label="专题"
          value={theme.code}
          style={{ width: 150 }}
          options={themes.map(({ code, title }) => ({ value: code, label: title }))}
          onChange={(code: string) => set({ theme: code, where: [] })}
        />
        <Select
          aria-label="指标值"
          value={measure.key}
          style={{ width: 170 }}
          options={theme.measures.map(({ key, title }) => ({ value: key, label: title }))}
          onChange={(key: string) => set({ measure: key })}
        />
        <Segmented
          value={step}
          options={Object.entries(STEPS).map(([value, label]) => ({
            value: value as keyof typeof STEPS,
            label,
          }))}
          onChange={(next) => set({ step: next })}
        />
        {search.where.map((condition) => (
          <Condition
            key={condition}
            condition={condition}
            theme={theme}
            search={search}
            onClose={() => set({ where: search.where.filter((one) => one !== condition) })}
          />
        ))}
      </div>
      <ProblemAlert error={total.error} onRetry={() => void total.refetch()} />
      <Figures
        figures={theme.measures.map((each) => {
          const figure = total.data?.total.figures[each.key]
          return {
            key: each.key,
            label: each.title,
            value: figure === undefined ? null : withUnit(figure.value, each),
            hint: figure && <Growth figure={figure} measure={each} same={same} />,
            ...(each.kind === 'count' ? { to: '/themes/records', search: writeThemeSearch(search) } : {}),
          }
        })}
      />
      <p className="hj-muted">
        {total.data &&
          (total.data.dataTo === null
            ? '所选期间没有导入数据。'
            : `数据截至 ${total.data.dataTo}${total.data.total.state === 'partial' ? '，所选期间不完整，不作比较' : ''}。环比对照 ${total.data.before.from} 至 ${total.data.before.to}，同比对照 ${total.data.yearBefore.from} 至 ${total.data.yearBefore.to}；对照期间没有数据的不计算。`)}
      </p>
      <div className="hj-board">
        <Breakdown {...panel} by={step} title={`${measure.title}（${STEPS[step]}）`} shape="line" />
        <Breakdown {...panel} by="unit" title="按机构" shape="bars" onPick={narrow('unit')} />
        {theme.dimensions.map(({ key, title }) => (
          <Breakdown key={key} {...panel} by={key} title={`按${title}`} shape="bars" onPick={narrow(key)} />
        ))}
      </div>
    </BoardPage>
  )
}

function useFigures(asked: Parameters<typeof supervision.findThemeFigures>[0]) {
  return useQuery({
    queryKey: [...supervisionKeys.themes, 'figures', asked],
    queryFn: () => supervision.findThemeFigures(asked),
    staleTime: 60_000,
  })
}

/** Figures of one measure by period, unit or dimension; rates rank with those of small samples last. */
function Breakdown(props: {
  theme: Theme
  measure: Measure
  search: ThemeSearch
  by: string
  title: string
  shape: 'line' | 'bars'
  onPick?: (row: ChartRow) => void
}) {
  const { theme, measure, search, by, title, shape, onPick } = props
  const isStep = by in STEPS
  const asked = {
    ...askedOf(search),
    by,
    ...(isStep ? {} : { sort: `-${measure.key}`, limit: MOST_BARS }),
  }
  const query = useFigures(asked)
  const rows = query.data?.items ?? []
  const change = measure.kind === 'share' ? '百分点' : '%'
  const hidden = (query.data?.groups ?? 0) - rows.length
  const recordsOf = (row: Row): Record<string, string> =>
    writeThemeSearch({
      ...search,
      ...(isStep ? { from: row.from, to: row.to } : by === 'unit' ? { unitPath: row.key } : {}),
      where: isStep || by === 'unit' ? search.where : [...search.where, `${by}:${row.key}`],
    })
  if (query.error)
    return (
      <section className="hj-panel" aria-label={title}>
        <h2>{title}</h2>
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      </section>
    )
  return (
    <ChartWithTable
      title={!isStep && hidden > 0 ? `${title}（前 ${rows.length}，共 ${query.data?.groups}）` : title}
      shape={shape}
      categoryTitle={isStep ? '期间' : title.slice(1)}
      loading={query.isPending}
      height={shape === 'line' ? 280 : Math.min(460, Math.max(180, rows.length * 26 + 60))}
      rows={rows.map((row) => ({
        key: row.key,
        label: isStep ? `${row.label}${STATE_WORDS[row.state]}` : row.label,
        values: {
          [measure.key]: rounded(row.figures[measure.key]?.value),
          mom: rounded(row.figures[measure.key]?.mom),
          yoy: rounded(row.figures[measure.key]?.yoy),
          ...(measure.kind === 'count' ? {} : { sample: row.figures[measure.key]?.sample ?? null }),
        },
      }))}
      series={[
        { key: measure.key, title: measure.title, unit: measure.unit },
        { key: 'mom', title: '环比', unit: change, tableOnly: true },
        { key: 'yoy', title: '同比', unit: change, tableOnly: true },
        ...(measure.kind === 'count' ? [] : [{ key: 'sample', title: '样本', tableOnly: true }]),
      ]}
      extra={
        <ExportButton
          title={`${theme.title}${title}`}
          path={pathOf(supervisionContract.findThemeFigures)}
          asked={() => ({
            ...asked,
            columns: [
              'label',
              'from',
              'to',
              'state',
              ...theme.measures.flatMap(({ key }) => [key, `${key}.mom`, `${key}.yoy`]),
            ],
          })}
        />
      }
      rowEnd={(row) => {
        const found = rows.find(({ key }) => key === row.key)
        return found && found.state !== 'missing' ? (
          <Link to="/themes/records" search={recordsOf(found) as never}>
            明细
          </Link>
        ) : null
      }}
      {...(onPick ? { onPick } : {})}
    />
  )
}

/** A condition the figures are narrowed by, in words; closing it takes it away. */
function Condition(props: { condition: string; theme: Theme; search: ThemeSearch; onClose: () => void }) {
  const { condition, theme, search, onClose } = props
  const [dimension = '', value = ''] = condition.split(':')
  const query = useFigures({ ...askedOf({ ...search, where: [condition] }), by: dimension, limit: 1 })
  const title = theme.dimensions.find(({ key }) => key === dimension)?.title ?? dimension
  return (
    <Tag closable onClose={onClose}>
      {title}：{query.data?.items.find(({ key }) => key === value)?.label ?? value}
    </Tag>
  )
}

const STATE_WORDS = { whole: '', partial: '（不完整）', missing: '（无数据）' } as const

const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 100) / 100

const withUnit = (value: number | null, { unit, kind }: Measure): string =>
  value === null ? '—' : kind === 'count' ? formatCount(value) : `${formatCount(value)} ${unit}`

const signed = (value: number | null, suffix: string): string =>
  value === null ? '—' : `${value > 0 ? '+' : ''}${formatCount(rounded(value))}${suffix}`

/** Against the period before and the year before, each on a line; once where both are the same time. */
function Growth({
  figure: { mom, yoy },
  measure: { kind },
  same,
}: {
  figure: Row['figures'][string]
  measure: Measure
  same: boolean
}) {
  const suffix = kind === 'share' ? ' 百分点' : '%'
  const lines = same ? [['同比、环比', yoy] as const] : [['环比', mom] as const, ['同比', yoy] as const]
  return lines.map(([title, value]) => (
    <span key={title} style={{ display: 'block', whiteSpace: 'nowrap' }}>
      {title} {signed(value, suffix)}
    </span>
  ))
}
