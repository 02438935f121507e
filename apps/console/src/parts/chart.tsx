/** The drawing itself; this file alone brings in ECharts. */
import { theme } from 'antd'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartWithTableProps } from './chart-with-table.tsx'

use([
  BarChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  MarkLineComponent,
  CanvasRenderer,
])

/** Tones that differ in lightness too, so that they stay apart without colour. */
const series = (accent: string, dark: boolean) => [
  accent,
  dark ? '#d9a13a' : '#b9770e',
  dark ? '#8fbf9f' : '#5b8f6b',
  '#8a8f98',
  '#9b6fb0',
]

export default function Chart(props: ChartWithTableProps & { height: number }) {
  const element = useRef<HTMLDivElement>(null)
  const { token } = theme.useToken()
  const pick = useRef(props.onPick)
  pick.current = props.onPick
  const { rows } = props
  useEffect(() => {
    if (!element.current) return
    const chart = init(element.current)
    chart.setOption(optionOf(props, token))
    chart.on('click', (event) => {
      const row = rows[event.dataIndex ?? -1]
      if (row) pick.current?.(row)
    })
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(element.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [props, rows, token])
  return (
    <div
      ref={element}
      role="img"
      aria-label={`${props.title}：${rows.length} 项，数值见表`}
      style={{ height: props.height, cursor: props.onPick ? 'pointer' : 'default' }}
    />
  )
}

type Token = ReturnType<typeof theme.useToken>['token']

function optionOf(props: ChartWithTableProps, token: Token): EChartsCoreOption {
  const { rows, shape } = props
  const drawn = props.series.filter(({ tableOnly }) => !tableOnly)
  const lying = shape === 'bars'
  const text = { color: token.colorTextSecondary, fontFamily: token.fontFamily }
  const category = {
    type: 'category',
    data: rows.map(({ label }) => label),
    inverse: lying,
    axisLabel: { ...text, ...(lying ? { width: 190, overflow: 'truncate' } : { hideOverlap: true }) },
    axisLine: { lineStyle: { color: token.colorBorder } },
    axisTick: { show: false },
  }
  const value = {
    type: 'value',
    minInterval: drawn.every(({ unit }) => unit === undefined) ? 1 : 0,
    axisLabel: { ...text, hideOverlap: true },
    splitLine: { lineStyle: { color: token.colorBorderSecondary } },
  }
  return {
    animationDuration: 200,
    color: series(token.colorPrimary, token.colorBgContainer !== '#ffffff'),
    textStyle: text,
    grid: { left: 8, right: 24, top: drawn.length > 1 ? 36 : 16, bottom: 4, outerBoundsMode: 'same' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      backgroundColor: token.colorBgElevated,
      borderColor: token.colorBorder,
      textStyle: { color: token.colorText },
    },
    ...(drawn.length > 1 ? { legend: { top: 0, left: 0, textStyle: text } } : {}),
    [lying ? 'yAxis' : 'xAxis']: category,
    [lying ? 'xAxis' : 'yAxis']: value,
    series: drawn.map(({ key, title, unit, limit }) => ({
      name: unit ? `${title}（${unit}）` : title,
      type: shape === 'line' ? 'line' : 'bar',
      barMaxWidth: 28,
      data: rows.map(({ values }) => values[key] ?? null),
      ...(limit
        ? {
            markLine: {
              symbol: 'none',
              silent: true,
              lineStyle: { color: token.colorError, type: 'dashed' },
              label: { formatter: limit.label, color: token.colorError, position: 'insideEndTop' },
              data: [lying ? { xAxis: limit.value } : { yAxis: limit.value }],
            },
          }
        : {}),
    })),
  }
}
