/** The 22 in-process indicators against hand-worked cases: fires, just not, edge. */
import { effectOf } from '@hengjian/indicators'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FactStores, openFactStores, UNIT } from './fact-stores.ts'
import { type InProcessVector, inProcessVectors } from './in-process-vectors.ts'
import { indicatorDefinitions } from './index.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const definitions = indicatorDefinitions.filter((d) => d.mode === 'in_process')

/** The transaction at hand stands in the database when it is judged. */
function withAtHand(vector: InProcessVector) {
  const { atHand } = vector
  const own = {
    id: 'now',
    business_kind: atHand.businessKind,
    reason: atHand.reason,
    accepted_at: vector.now,
    state: 'accepted',
    vehicle_id: atHand.vehicleId,
    person_id: atHand.personId,
    organisation_id: atHand.organisationId,
    agent_id: atHand.agentId,
    local: atHand.local,
  }
  return { ...vector.facts, transaction: [own, ...(vector.facts.transaction ?? [])] }
}

for (const vector of inProcessVectors) {
  const verb = {
    fired: vector.effect === 'authorise' ? 'holds' : 'prompts',
    clear: 'lets pass',
    cannot_judge: 'cannot judge',
    unavailable: 'falls back',
    silent: 'does not ask about',
  }
  test(`SUP-IN-${vector.code} ${verb[vector.status]} ${vector.name}`, async () => {
    const definition = definitions.find((d) => d.code === vector.code)!
    const rows = await stores.evaluate(
      definitions,
      withAtHand(vector),
      vector.event ?? 'accept',
      {
        transactionId: 'now',
        unitPath: UNIT,
        acceptedAt: new Date(`${vector.now.replace(' ', 'T')}+08:00`),
        localRegions: ['4503'],
        ...vector.atHand,
      },
      vector.parameters ? { [vector.code]: vector.parameters } : undefined,
    )
    const row = rows.find((r) => r.code === vector.code)
    if (vector.status === 'silent') {
      expect(row).toBeUndefined()
      return
    }
    expect(row).toMatchObject({
      status: vector.status,
      ...(vector.measured === undefined ? {} : { measured: vector.measured }),
    })
    expect(effectOf(definition, row!)).toBe(vector.effect ?? 'none')
    if (vector.status === 'fired') expect(row!.evidence!.length).toBeGreaterThan(0)
  })
}

test('every in-process indicator has a case that fires, one that does not, and an edge', () => {
  for (const { code } of definitions) {
    const own = inProcessVectors.filter((v) => v.code === code)
    expect(own.length, code).toBeGreaterThanOrEqual(3)
    expect(
      own.some((v) => v.status === 'fired'),
      code,
    ).toBe(true)
    expect(
      own.some((v) => v.status !== 'fired'),
      code,
    ).toBe(true)
  }
})

test('SUP-IN-012001 a code left out of the parameters is switched off', async () => {
  const vector = inProcessVectors.find((v) => v.code === '012001' && v.status === 'fired')!
  const rows = await stores.evaluate(
    definitions,
    withAtHand(vector),
    'accept',
    { transactionId: 'now', unitPath: UNIT, acceptedAt: new Date(), localRegions: [], ...vector.atHand },
    {},
  )
  expect(rows).toEqual([])
})
