import { describe, expect, test } from 'vitest'
import { basesOfPeriod, basesOfStep, type Coverage, dataStateOf, stepOf, stepsIn } from './theme-periods.ts'

describe('SUP-11 periods of a theme', () => {
  test('weeks start on Monday, months know their length, and a period is widened to whole ones', () => {
    expect(stepOf('week', '2026-03-01')).toEqual({ from: '2026-02-23', to: '2026-03-01' })
    expect(stepOf('month', '2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
    expect(stepsIn('month', { from: '2025-12-31', to: '2026-02-01' }).map(({ from }) => from)).toEqual([
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ])
    expect(stepsIn('week', { from: '2026-03-04', to: '2026-03-04' })).toHaveLength(1)
  })

  test('a step is compared with the one before and that of a year before; a week with the 52nd before it', () => {
    expect(basesOfStep('month', { from: '2026-03-01', to: '2026-03-31' })).toEqual({
      before: { from: '2026-02-01', to: '2026-02-28' },
      yearBefore: { from: '2025-03-01', to: '2025-03-31' },
    })
    expect(basesOfStep('week', { from: '2026-03-02', to: '2026-03-08' }).yearBefore).toEqual({
      from: '2025-03-03',
      to: '2025-03-09',
    })
    expect(basesOfStep('day', { from: '2028-02-29', to: '2028-02-29' }).yearBefore.from).toBe('2027-02-28')
  })

  test('whole months are compared with whole months, other days with as many days', () => {
    expect(basesOfPeriod({ from: '2026-02-01', to: '2026-03-31' })).toEqual({
      before: { from: '2025-12-01', to: '2026-01-31' },
      yearBefore: { from: '2025-02-01', to: '2025-03-31' },
    })
    expect(basesOfPeriod({ from: '2029-02-01', to: '2029-02-28' }).yearBefore.to).toBe('2028-02-29')
    expect(basesOfPeriod({ from: '2026-03-02', to: '2026-03-11' })).toEqual({
      before: { from: '2026-02-20', to: '2026-03-01' },
      yearBefore: { from: '2025-03-02', to: '2025-03-11' },
    })
  })

  const coverage: Coverage = {
    months: new Set(['2026-01', '2026-03']),
    first: '2026-01-05',
    last: '2026-03-20',
  }
  test.each([
    ['2026-01-01', '2026-01-31', 'whole'],
    ['2026-02-01', '2026-02-28', 'missing'],
    ['2026-03-01', '2026-03-31', 'partial'],
    ['2026-01-01', '2026-03-10', 'partial'],
    ['2025-12-01', '2025-12-31', 'missing'],
    ['2026-03-21', '2026-03-21', 'missing'],
    ['2026-03-08', '2026-03-08', 'whole'],
  ])('%s to %s is %s', (from, to, state) => {
    expect(dataStateOf({ from, to }, coverage, '2026-06-01')).toBe(state)
  })

  test('what is not over is partial, and without any data everything is missing', () => {
    const full = { ...coverage, last: '2026-03-31' }
    expect(dataStateOf({ from: '2026-03-01', to: '2026-03-31' }, full, '2026-04-01')).toBe('whole')
    expect(dataStateOf({ from: '2026-03-01', to: '2026-03-31' }, full, '2026-03-31')).toBe('partial')
    const none = { months: new Set<string>(), first: null, last: null }
    expect(dataStateOf({ from: '2026-03-01', to: '2026-03-31' }, none, '2026-04-01')).toBe('missing')
  })
})
