import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, stationOf, units } from './testing.ts'

let fixture: SupervisionFixture
beforeAll(async () => {
  fixture = await createSupervisionFixture()
})
afterAll(() => fixture.close())

test('SUP-10 what was put aside before the list was kept is named beside it, until its day', async () => {
  const supervisor = fixture.user(units.city)
  const site = await stationOf(fixture, units.brigade)
  const { id } = await fixture.call(supervisor, 'startAnalysis', {
    codes: ['V8.7'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  const [found] = (await fixture.call(supervisor, 'findFindings', { subjectKey: `institution:${site}` }))
    .items
  await fixture.call(supervisor, 'suppressFinding', { id: found.id, until: '2026-03-10', reason: '已核实' })
  const unlisted = async (input: object = {}, actor = supervisor) =>
    (await fixture.call(actor, 'findSuppressions', input)).unlisted
  expect(await unlisted()).toEqual([])
  await fixture.admin.query('DELETE FROM suppression')
  expect(await unlisted()).toEqual([
    {
      findingId: found.id,
      code: 'V8.7',
      title: found.title,
      subjectLabel: found.subjectLabel,
      unitName: '一大队',
      until: '2026-03-10',
      reason: '已核实',
    },
  ])
  expect(await unlisted({ state: 'ended' })).toEqual([])
  expect(await unlisted({}, fixture.user(units.otherCity))).toEqual([])
  fixture.setNow('2026-03-11T02:00:00Z')
  expect(await unlisted()).toEqual([])
})
