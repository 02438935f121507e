/** A threshold's past in Chinese sentences. Pure. */
import type { ThresholdEvidence } from '../records.ts'
import type { Stricter } from './strictness.ts'
import { MINIMUM, type ThresholdAdvice } from './threshold-advice.ts'

/** What was weighed when a suggested threshold was accepted; also the suggestion itself. */
export function evidenceWords(evidence: ThresholdEvidence): string {
  const { from, to, threshold, value, confirmed, valuable, falsePositive, sparedFalse, lostRight } = evidence
  const right = confirmed + valuable
  return (
    `${from} 至 ${to} 发现并已办结 ${right + falsePositive} 件：属实 ${confirmed}、情况存在 ${valuable}、误报 ${falsePositive}，准确率 ${evidence.precision}%。` +
    `阈值由 ${threshold} 改为 ${value}：误报 ${falsePositive} 件中的 ${sparedFalse} 件不再出现，属实或情况存在 ${right} 件中的 ${lostRight} 件不再发现，` +
    `准确率为 ${evidence.precisionAfter}%（95% 区间 ${evidence.rangeAfter.from}%～${evidence.rangeAfter.to}%）。`
  )
}

/** Why nothing is suggested; null where something is. */
export function adviceWords(advice: ThresholdAdvice, stricter: Stricter): string | null {
  const { before, nearest } = advice
  const right = before.confirmed + before.valuable
  switch (advice.verdict) {
    case 'better':
      return null
    case 'too_few':
      return `已办结 ${before.decided} 件（属实或情况存在 ${right}、误报 ${before.falsePositive}），数量太少，不作建议：须有 ${MINIMUM.decided} 件，其中两类各不少于 ${MINIMUM.right} 件。`
    case 'nothing_right':
      return `已办结 ${before.decided} 件全部为误报，阈值不能区分，请考虑修改或停用该指标。`
    case 'barred':
      return '放宽阈值可以提高准确率，但上级规定只可收紧，不作建议。'
    case 'nearest_right':
      return `最接近阈值的 ${nearest!.decided} 件中 ${nearest!.confirmed + nearest!.valuable} 件属实或情况存在，阈值可能偏${stricter === 'lower' ? '高' : '低'}。阈值以内没有查办过，系统不作推测，可以用其他参数值发起试算。`
    case 'keep':
      return '没有更合适的阈值：放宽后少报的误报，抵不上漏掉的属实业务。'
  }
}
