/** What a judgment says other than the one before: figures side by side, and why. */
import type { FindingFigures } from '@hengjian/supervision/contract'
import { formatCount } from '../../../formats.ts'
import { formatMeasure, formatMeasured, formatThreshold } from '../labels.ts'
import { Differences } from './differences.tsx'

/** The figures that differ, from what they were to what they are. */
export function ChangedFigures({
  before,
  after,
  unit,
  comparison,
}: {
  before: FindingFigures
  after: FindingFigures
  unit: string
  comparison: string
}) {
  const words: Readonly<Record<string, (figures: FindingFigures) => string>> = {
    测得: ({ measured }) => formatMeasured(measured, unit),
    对照: ({ base }) => formatMeasured(base, unit),
    相差: ({ deviation }) => formatMeasure(deviation, unit),
    阈值: ({ threshold }) => formatThreshold(comparison, threshold, unit),
    样本: ({ sample, smallSample }) => `${formatCount(sample ?? 0)}${smallSample ? '（不足）' : ''}`,
    指标版本: ({ version }) => `第 ${version} 版`,
  }
  const changes = Object.entries(words).flatMap(([title, of]) => {
    const [from, to] = [of(before), of(after)]
    return from === to ? [] : [{ name: title, title, from, to }]
  })
  return <Differences changes={changes} />
}

/** Why, one line for each cause. */
export function ChangeCauses({ causes }: { causes: readonly { kind: string; text: string }[] }) {
  if (causes.length === 0) return <span className="hj-muted">原因不明</span>
  return (
    <>
      {causes.map(({ kind, text }) => (
        <div key={kind}>{text}</div>
      ))}
    </>
  )
}
