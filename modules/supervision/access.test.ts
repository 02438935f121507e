import { randomUUID } from 'node:crypto'
import { anonymous } from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { supervisionContract } from './contract.ts'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { supervisionPermissions } from './permissions.ts'
import { createSupervisionFixture, type SupervisionFixture, stationOf, units } from './testing.ts'

const composition = {
  title: '检验合格率过高',
  source: 'inspection',
  compare: ['inspection.institution_id'],
  window: { kind: 'month' },
  measure: { kind: 'rate', filters: [{ field: 'inspection.passed', test: 'is', values: [true] }] },
  comparison: '>',
  threshold: 95,
  minimumSample: 30,
}
const period = { from: '2026-02-01', to: '2026-02-28' }

let fixture: SupervisionFixture
/** Records of a brigade that another city must not reach. */
const records = {
  warning: '',
  authorisation: '',
  run: '',
  finding: '',
  case: '',
  change: '',
  backTest: '',
  suppression: '',
}

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  const handler = fixture.user(units.brigade)
  const transactionId = randomUUID()
  await fixture.fact('transaction_change', { transaction_id: transactionId, field: 'co_owner' })
  const vehicleId = await fixture.fact('vehicle', {})
  const judged = await fixture.accept(handler, {
    id: transactionId,
    businessKind: 'change_registration',
    vehicleId,
  })
  records.warning = judged.warnings[0]!.id
  records.authorisation = judged.authorisationId!
  await stationOf(fixture, units.brigade)
  records.run = (
    await fixture.call(handler, 'startAnalysis', { codes: ['V8.7'], from: '2026-02-01', to: '2026-02-28' })
  ).id
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, records.run)
  records.finding = (await fixture.call(handler, 'findFindings', {})).items[0].id
  const proposed = await fixture.call(handler, 'updateIndicatorSetting', {
    code: '012103',
    unitPath: units.brigade,
    enabled: null,
    parameters: {},
    version: 0,
    reason: '按本地情况',
  })
  records.change = proposed.pendingChange.id
  await fixture.call(handler, 'createComposed', { composition })
  records.backTest = (await fixture.call(handler, 'startBackTest', { code: 'C1', number: 1, ...period })).id
  await fixture.call(handler, 'suppressFinding', {
    id: records.finding,
    until: '2026-03-31',
    reason: '已核实',
  })
  records.suppression = (await fixture.call(handler, 'findSuppressions', {})).items[0].id
  records.case = (
    await fixture.call(handler, 'openCase', {
      source: 'manual',
      title: '代检',
      description: '举报线索',
      subjectKind: 'other',
      subjectKey: 'x',
      subjectLabel: '线索',
    })
  ).id
})
afterAll(() => fixture.close())

/** What every operation about composed indicators is tried with; the first one's code is C1. */
const version = { code: 'C1', number: 1 }
type Key = keyof typeof supervisionContract
const manual = {
  source: 'manual',
  title: '代检',
  description: '线索',
  subjectKind: 'other',
  subjectKey: 'y',
  subjectLabel: '线索',
}

/** For every operation: a good input, one that must be refused, and the record it is about. */
const operations: Record<Key, { good: object; bad: object; about?: keyof typeof records }> = {
  findWarnings: { good: {}, bad: { limit: 0 } },
  acknowledgeWarning: { good: {}, bad: { id: 'x' }, about: 'warning' },
  countWarnings: { good: period, bad: { from: 'yesterday', to: '2026-02-28' } },
  findAuthorisations: { good: {}, bad: { queue: 'yours' } },
  getAuthorisation: { good: {}, bad: { id: 'x' }, about: 'authorisation' },
  grantAuthorisation: { good: { reason: '同意办理' }, bad: { reason: '' }, about: 'authorisation' },
  refuseAuthorisation: { good: { reason: '材料不符' }, bad: { reason: ' ' }, about: 'authorisation' },
  renewAuthorisation: { good: {}, bad: { id: 'x' }, about: 'authorisation' },
  findIndicators: { good: {}, bad: { unitPath: '45/4503' } },
  getIndicator: { good: { code: '012001' }, bad: { code: '' } },
  updateIndicatorSetting: {
    good: {
      code: '012001',
      unitPath: units.brigade,
      enabled: true,
      parameters: {},
      version: 0,
      reason: '调整',
    },
    bad: {
      code: '012001',
      unitPath: units.brigade,
      enabled: 'yes',
      parameters: {},
      version: 0,
      reason: '调整',
    },
  },
  findSettingHistory: { good: { code: '012001' }, bad: { limit: 0 } },
  findSettingChanges: { good: {}, bad: { queue: 'yours' } },
  approveSettingChange: { good: {}, bad: { opinion: '' }, about: 'change' },
  refuseSettingChange: { good: { opinion: '不妥当' }, bad: { opinion: '' }, about: 'change' },
  withdrawSettingChange: { good: {}, bad: { id: 'x' }, about: 'change' },
  findBlocks: { good: {}, bad: undefined as unknown as object },
  checkComposition: { good: { composition }, bad: { composition: { ...composition, title: '' } } },
  createComposed: { good: { composition }, bad: { composition: { ...composition, compare: ['x'] } } },
  saveComposed: { good: { code: 'C1', composition }, bad: { composition: {} } },
  submitComposed: { good: { ...version, reason: '请审' }, bad: { reason: '' } },
  approveComposed: { good: version, bad: { number: 0 } },
  refuseComposed: { good: { ...version, opinion: '不妥当' }, bad: { opinion: '' } },
  switchComposed: { good: { ...version, reason: '启用' }, bad: { number: 0 } },
  findComposed: { good: {}, bad: { state: 'maybe' } },
  getComposed: { good: { code: 'C1' }, bad: { code: '' } },
  startBackTest: { good: { ...version, ...period }, bad: { from: 'then' } },
  cancelBackTest: { good: {}, bad: { id: 'x' }, about: 'backTest' },
  getBackTest: { good: {}, bad: { id: 'x' }, about: 'backTest' },
  findBackTestFacts: { good: { hit: 0 }, bad: { hit: -1 }, about: 'backTest' },
  repeatAnalysis: { good: { extent: 'changed' }, bad: { extent: 'some' } },
  startAnalysis: { good: { codes: ['V8.7'], ...period }, bad: { codes: [], ...period } },
  findRuns: { good: {}, bad: { state: 'lost' } },
  getRun: { good: {}, bad: { id: 'x' }, about: 'run' },
  findRunChanges: { good: {}, bad: { kind: 'lost' }, about: 'run' },
  cancelRun: { good: {}, bad: { id: 'x' }, about: 'run' },
  findFindings: { good: {}, bad: { from: '2026-13-01' } },
  getFinding: { good: {}, bad: { id: 'x' }, about: 'finding' },
  findFindingHistory: { good: {}, bad: { limit: 0 }, about: 'finding' },
  findFindingFacts: { good: {}, bad: { limit: 1000 }, about: 'finding' },
  countFindings: { good: {}, bad: { by: 'mood' } },
  suppressFinding: {
    good: { until: '2026-04-01', reason: '已核实' },
    bad: { until: 'soon', reason: '已核实' },
    about: 'finding',
  },
  findSuppressions: { good: {}, bad: { state: 'gone' } },
  liftSuppression: { good: { reason: '情况有变' }, bad: { reason: '' }, about: 'suppression' },
  openCase: { good: manual, bad: { ...manual, title: '' } },
  findCases: { good: {}, bad: { queue: 'theirs' } },
  getCase: { good: {}, bad: { id: 'x' }, about: 'case' },
  assignCase: { good: { unitPath: units.brigade }, bad: { unitPath: 'nowhere' }, about: 'case' },
  startInvestigation: { good: {}, bad: { id: 'x' }, about: 'case' },
  recordInvestigation: { good: { result: '已查' }, bad: { result: '' }, about: 'case' },
  submitCase: { good: {}, bad: { id: 'x' }, about: 'case' },
  reopenCase: { good: { reason: '有新线索' }, bad: { reason: '' }, about: 'case' },
  reviewCase: {
    good: { decision: { kind: 'return', reason: '再查' } },
    bad: { decision: { kind: 'close', outcome: 'maybe', opinion: '同意' } },
    about: 'case',
  },
  countCases: { good: {}, bad: { by: 'mood' } },
  getWorkbench: { good: {}, bad: undefined as unknown as object },
  setPushThreshold: {
    good: { code: 'V8.7', unitPath: units.brigade, value: 95, reason: '推送' },
    bad: { code: 'V8.7', unitPath: units.brigade, value: 'high', reason: '推送' },
  },
  repeatCasePush: { good: {}, bad: { id: 'x' }, about: 'case' },
  findCasePushes: { good: {}, bad: { state: 'lost' } },
  findThresholdAdvice: { good: period, bad: { to: 'today' } },
  acceptThresholdAdvice: {
    good: { code: 'V8.7', unitPath: units.brigade, value: 90, reason: '按建议', ...period },
    bad: { code: 'V8.7', unitPath: units.brigade, value: null, reason: '按建议', ...period },
  },
  findOutcomes: { good: period, bad: { from: '2026-02-30' } },
  listThemes: { good: {}, bad: undefined as unknown as object },
  findThemeFigures: { good: { theme: 'vehicle', ...period }, bad: { from: '2026-02-30' } },
  findThemeRecords: { good: { theme: 'vehicle', ...period }, bad: { where: ['channel'] } },
}

for (const key of Object.keys(operations) as Key[]) {
  const { good, bad, about } = operations[key]
  const input = () => ({ ...(about ? { id: records[about] } : {}), ...good })
  const { meta } = (supervisionContract[key] as unknown as { '~orpc': { meta: OperationMeta } })['~orpc']

  test(`PLT-3 ${key} is refused to nobody (401) and to a user without its permission (403)`, async () => {
    await expect(fixture.call(anonymous, key, input())).rejects.toMatchObject({ status: 401 })
    if (meta.permission === 'signed-in') return
    expect(Object.keys(supervisionPermissions)).toContain(meta.permission)
    const others = new Set(Object.keys(supervisionPermissions).filter((each) => each !== meta.permission))
    await expect(
      fixture.call(fixture.user(units.brigade, { permissions: others }), key, input()),
    ).rejects.toMatchObject({ code: 'platform.forbidden', data: { permission: meta.permission } })
  })

  test(`PLT-40 ${key} refuses wrong input`, () => {
    const given = bad === undefined ? undefined : { ...input(), ...bad }
    expect(() => fixture.call(fixture.user(units.brigade), key, given)).toThrow()
  })

  if (meta.stepUp)
    test(`PLT-13 ${key} asks for a fresh second factor`, async () => {
      const stale = { steppedUpAt: new Date(fixture.services.clock.now().getTime() - 11 * 60_000) }
      await expect(fixture.call(fixture.user(units.brigade, stale), key, input())).rejects.toMatchObject({
        code: 'platform.step_up_required',
      })
    })

  if (about)
    test(`PLT-4 ${key} does not reach the ${about} of another city`, async () => {
      await expect(fixture.call(fixture.user(units.otherCity), key, input())).rejects.toMatchObject({
        status: 404,
      })
    })
}

test('PLT-4 SUP-3 nothing that is composed in a brigade is reached from another city', async () => {
  const stranger = fixture.user(units.otherCity)
  const about = Object.entries(operations).filter(([, { good }]) => (good as { code?: string }).code === 'C1')
  expect(about).toHaveLength(7)
  for (const [key, { good }] of about)
    await expect(fixture.call(stranger, key, good), key).rejects.toMatchObject({ status: 404 })
})

test('PLT-4 lists, counts and the workbench of another city hold nothing of the brigade', async () => {
  const stranger = fixture.user(units.otherCity)
  for (const key of [
    'findWarnings',
    'findAuthorisations',
    'findSettingChanges',
    'findComposed',
    'findRuns',
    'findFindings',
    'findSuppressions',
    'findCases',
  ] as const)
    expect((await fixture.call(stranger, key, {})).items, key).toEqual([])
  for (const key of [
    'countWarnings',
    'countFindings',
    'countCases',
    'findOutcomes',
    'findThresholdAdvice',
  ] as const)
    expect((await fixture.call(stranger, key, { from: '2026-01-01', to: '2026-12-31' })).items, key).toEqual(
      [],
    )
  expect((await fixture.call(stranger, 'getWorkbench', {})).counts).toEqual({
    waiting: 0,
    late: 0,
    returned: 0,
  })
})

test('PLT-4 scope own: a handler sees the warnings shown to them and nobody else’s', async () => {
  const owner = await fixture.admin.query('SELECT handler_id FROM warning WHERE id = $1', [records.warning])
  const own = fixture.user(units.brigade, { id: owner.rows[0].handler_id, scope: 'own' })
  expect((await fixture.call(own, 'findWarnings', {})).items).toMatchObject([{ id: records.warning }])
  expect(
    (await fixture.call(fixture.user(units.brigade, { scope: 'own' }), 'findWarnings', {})).items,
  ).toEqual([])
})
