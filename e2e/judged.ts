/** What journeys about judging find already there: an indicator of their own in force, a run that has ended, a closed case. */
import type { Caller } from './caller.ts'

/** Compose C1 in an empty house, have it approved and switched on. `corps` has given a second factor. */
export async function switchOnC1(supervisor: Caller, corps: Caller, composition: object): Promise<void> {
  await supervisor.call('POST', '/composed-indicators', {
    composition: {
      source: 'inspection',
      window: { kind: 'month' },
      measure: { kind: 'count' },
      comparison: '>',
      minimumSample: 0,
      ...composition,
    },
  })
  await supervisor.call('POST', '/composed-indicators/C1/versions/1/submission', { reason: '试行' })
  await corps.call('POST', '/composed-indicators/C1/versions/1/approval', {})
  await corps.call('PUT', '/composed-indicators/C1/switch', { number: 1, reason: '试行' })
}

/** Judge C1 and wait for the end; answers the run. */
export async function judgeC1(supervisor: Caller, period: { from: string; to: string }): Promise<string> {
  const { id } = await supervisor.call('POST', '/analysis-runs', { codes: ['C1'], ...period })
  const limit = Date.now() + 60_000
  while ((await supervisor.call('GET', `/analysis-runs/${id}`)).state !== 'done') {
    if (Date.now() > limit) throw new Error('the analysis did not end')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return id
}

/** A case about a finding, investigated and closed; answers its path. */
export async function closeCaseAbout(
  findingId: string,
  by: { supervisor: Caller; corps: Caller; unitPath: string; outcome: 'confirmed' | 'false_positive' },
): Promise<string> {
  const { supervisor, corps, unitPath, outcome } = by
  const { id } = await supervisor.call('POST', '/suspect-cases', {
    source: 'finding',
    findingIds: [findingId],
  })
  const about = `/suspect-cases/${id}`
  await supervisor.call('POST', `${about}/assignment`, { unitPath })
  await supervisor.call('POST', `${about}/investigation`, {})
  await supervisor.call('PUT', `${about}/investigation`, { result: '已核查' })
  await supervisor.call('POST', `${about}/submission`, {})
  await corps.call('POST', `${about}/review`, { decision: { kind: 'close', outcome, opinion: '同意' } })
  return about
}
