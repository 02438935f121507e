/**
 * Plants of L12.1 and L12.2, in the small city, where no other plant closes a site. Ten points above a usual year are
 * more than ten percent, so what crosses L12.2 crosses L12.1 too.
 */
import type { Month } from '../calendar.ts'
import type { Examinations, Subject } from '../examinations.ts'
import type { Stage } from './stage.ts'

export function plantFromElsewhere(stage: Stage, examinations: Examinations): void {
  const city = stage.world.cities[1]
  const { months } = stage.world.calendar
  const unit = city.windows.find(({ unit }) => unit.path === city.sites[0]!.unit_path)!.unit
  const { tally } = examinations
  const key = (subject: Subject, month: Month) => `elsewhere ${unit.path} ${subject} ${month.index}`

  const plan = (subject: Subject, month: Month, share: number) =>
    examinations.planElsewhere(unit.path, subject, month, share)
  const note = (
    code: string,
    kind: 'plant' | 'near_miss',
    subject: Subject,
    month: Month,
    sentence: string,
    measure: () => { measured: number | null; base?: number | null; sample?: number | null },
  ) =>
    stage.truth.add({
      code,
      mode: 'post_hoc',
      kind,
      subject: { unit_id: unit.id, subject },
      unit_path: unit.path,
      month: month.key,
      day: null,
      facts: [],
      sentence,
      trigger: null,
      measure,
    })
  const share = (kind: 'plant' | 'near_miss', subject: Subject, month: Month, sentence: string) => {
    const own = key(subject, month)
    note('L12.1', kind, subject, month, sentence, () => ({
      measured: tally.rate(own),
      sample: tally.size(own),
    }))
  }
  const growth = (
    kind: 'plant' | 'near_miss',
    subject: Subject,
    month: Month,
    before: Month,
    sentence: string,
  ) => {
    const own = key(subject, month)
    note('L12.2', kind, subject, month, sentence, () => {
      const [rate, base] = [tally.rate(own), tally.rate(key(subject, before))]
      return { measured: rate === null || base === null ? null : rate - base, base, sample: tally.size(own) }
    })
  }
  const back = (n: number) => months[months.length - n]!

  plan('subject1', back(3), 0.3)
  share('plant', 'subject1', back(3), '外地人考试约占三成')
  plan('subject2', back(4), 0.1)
  share('near_miss', 'subject2', back(4), '外地人考试接近而不超过一成')
  if (months.length <= 14) return
  growth('plant', 'subject1', back(3), back(15), '外地人考试约占三成，去年同月不足一成')
  plan('subject3_road', back(2), 0.25)
  plan('subject3_road', back(14), 0.2)
  share('plant', 'subject3_road', back(2), '外地人考试约占四分之一')
  share('plant', 'subject3_road', back(14), '外地人考试约占五分之一')
  growth('near_miss', 'subject3_road', back(2), back(14), '外地人考试约占四分之一，去年同月约五分之一')
}
