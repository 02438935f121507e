import { describe, expect, it } from 'vitest'
import {
  buildCatalogueTree,
  type CatalogueChange,
  type CatalogueItem,
  type CatalogueTree,
  catalogueItemKey,
  catalogueParts,
  catalogueScope,
  collectionKey,
  createChangeLog,
  createCollection,
  diffCatalogue,
  firstNotification,
  notifyItems,
  readManscdp,
  readSipMessage,
  recordItemKey,
  recordParts,
  shareCatalogue,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'

const camera = (n: number, more: Partial<CatalogueItem> = {}): CatalogueItem => ({
  deviceId: `3402000000132${String(n).padStart(7, '0')}`,
  name: `摄像机${n}`,
  ...more,
})

const SYSTEM = '34020000002000000001'
const GROUP = '34020000002150000001'
const ORGANISATION = '34020000002160000001'
const BELOW = '34020000002160000002'
const RECORDER = '34020000001180000001'

describe('answers in parts (pains 3, 16)', () => {
  const collect = () => createCollection<CatalogueItem>({ keyOf: catalogueItemKey, nowMs: 0, idleMs: 10_000 })

  it('VID-PAIN-03 parts in any order, some twice: complete at n of m', () => {
    const it = collect()
    it.add({ sumNum: 3, items: [camera(3)] }, 1)
    it.add({ sumNum: 3, items: [camera(1)] }, 2)
    expect(it.add({ sumNum: 3, items: [camera(1)] }, 3)).toMatchObject({
      state: 'collecting',
      zh: '已收 2 / 3',
    })
    expect(it.add({ sumNum: 3, items: [camera(2)] }, 4)).toMatchObject({
      state: 'complete',
      received: 3,
      duplicates: 1,
    })
    expect(it.items().map(({ deviceId }) => deviceId.at(-1))).toEqual(['3', '1', '2'])
  })

  it('VID-PAIN-03 what does not come is given up after idle time, what came is kept', () => {
    const it = collect()
    it.add({ sumNum: 3, items: [camera(1)], broken: 1 }, 5000)
    expect(it.deadlineMs).toBe(15_000)
    expect(it.expire(14_999).state).toBe('collecting')
    expect(it.expire(15_000)).toEqual({
      state: 'partial',
      received: 1,
      expected: 3,
      duplicates: 0,
      broken: 1,
      zh: '已收 1 / 3，另有 1 条损坏',
    })
    expect(it.items()).toHaveLength(1)
  })

  it('VID-PAIN-16 the time slides on with each part', () => {
    const it = collect()
    for (let n = 0; n < 298; n += 1) {
      expect(it.expire(n * 9000).state).toBe('collecting')
      it.add({ sumNum: 299, items: [camera(n)] }, n * 9000)
    }
    expect(it.add({ sumNum: 299, items: [camera(298)] }, 298 * 9000).state).toBe('complete')
  })

  it('VID-PAIN-16 SumNum 0, none, too low, and one that counts duplicates', () => {
    expect(collect().add({ sumNum: 0 }, 1).state).toBe('complete')
    const without = collect()
    expect(without.add({ items: [camera(1)] }, 1)).toMatchObject({
      state: 'collecting',
      expected: null,
      zh: '已收 1',
    })
    expect(without.expire(20_000).state).toBe('partial')
    const low = collect()
    low.add({ sumNum: 1, items: [camera(1)] }, 1)
    expect(low.add({ sumNum: 1, items: [camera(2)] }, 2)).toMatchObject({ state: 'complete', received: 2 })
    const twice = collect()
    twice.add({ sumNum: 3, items: [camera(1), camera(2), camera(2)] }, 1)
    expect(twice.expire(20_000)).toMatchObject({ state: 'complete', received: 2, duplicates: 1 })
  })

  it('VID-PAIN-03 one resource under two parents is two items of the answer', () => {
    const it = collect()
    const items = [camera(1, { parentId: GROUP }), camera(1, { parentId: ORGANISATION })]
    expect(it.add({ sumNum: 2, items }, 1)).toMatchObject({ state: 'complete', received: 2, duplicates: 0 })
  })

  it('VID-PAIN-16 records are told apart by time and file', () => {
    const it = createCollection({ keyOf: recordItemKey, nowMs: 0 })
    const record = { deviceId: RECORDER, startTime: 'a', endTime: 'b' }
    const items = [record, { ...record, startTime: 'b' }, { ...record, filePath: 'f' }, record]
    expect(it.add({ sumNum: 3, items }, 1)).toMatchObject({ state: 'complete', received: 3, duplicates: 1 })
    expect(collectionKey(RECORDER, '17')).toBe(`${RECORDER} 17`)
  })
})

const parentsOf = (tree: CatalogueTree) =>
  Object.fromEntries(
    [...tree.nodes.values()].map((it) => [it.id.length > 8 ? it.id : `region ${it.id}`, it.parents]),
  )

describe('the tree (2022 annex J; pain 23)', () => {
  const business: CatalogueItem[] = [
    camera(1, { parentId: `${SYSTEM}/${BELOW}`, civilCode: '34020000' }),
    camera(2, { parentId: RECORDER, civilCode: '340203' }),
    camera(3, { businessGroupId: GROUP, civilCode: '34' }),
    camera(4, { parentId: ORGANISATION }),
    camera(4, { parentId: BELOW }),
    { deviceId: BELOW, parentId: ORGANISATION, businessGroupId: GROUP },
    { deviceId: ORGANISATION, businessGroupId: GROUP, parentId: SYSTEM },
    { deviceId: GROUP, parentId: SYSTEM },
    { deviceId: RECORDER, parentId: SYSTEM, civilCode: '340299' },
    { deviceId: SYSTEM, name: '平台' },
    { deviceId: '3402', name: '某市' },
    { deviceId: '34', name: '某省' },
    { deviceId: '340203', name: '某区' },
  ]

  it('VID-PAIN-23 by business group and organisation', () => {
    const tree = buildCatalogueTree(business)
    expect(parentsOf(tree)).toEqual({
      [camera(1).deviceId]: [BELOW],
      [camera(2).deviceId]: [RECORDER],
      [camera(3).deviceId]: [GROUP],
      [camera(4).deviceId]: [ORGANISATION, BELOW],
      [BELOW]: [ORGANISATION],
      [ORGANISATION]: [GROUP],
      [GROUP]: [SYSTEM],
      [RECORDER]: [SYSTEM],
      [SYSTEM]: [],
      'region 34': [],
      'region 3402': ['34'],
      'region 340203': ['3402'],
    })
    expect(tree.tops).toEqual([SYSTEM, '34'])
    expect(tree.nodes.get(BELOW)?.children).toEqual([camera(1).deviceId, camera(4).deviceId])
    expect(tree.faults).toEqual([])
  })

  it('VID-PAIN-23 by administrative division: groups are left out, channels stay with their device', () => {
    const tree = buildCatalogueTree(business, 'division')
    expect(tree.nodes.has(GROUP) || tree.nodes.has(ORGANISATION)).toBe(false)
    expect(parentsOf(tree)).toMatchObject({
      [camera(1).deviceId]: ['3402'],
      [camera(2).deviceId]: [RECORDER],
      [camera(3).deviceId]: ['34'],
      [camera(4).deviceId]: [],
      [RECORDER]: ['3402'],
    })
  })

  it('VID-PAIN-23 parents that are not there, cycles and oneself are told, and nothing is lost', () => {
    const tree = buildCatalogueTree([
      camera(1, { parentId: ORGANISATION, civilCode: '340203' }),
      camera(2, { parentId: camera(2).deviceId }),
      { deviceId: BELOW, parentId: '34020000002160000009' },
      { deviceId: '34020000002160000009', parentId: BELOW },
      { deviceId: '3402' },
    ])
    expect(tree.nodes.size).toBe(5)
    expect(tree.nodes.get(camera(1).deviceId)?.parents).toEqual(['3402'])
    expect(tree.faults).toEqual([
      { id: camera(1).deviceId, fault: 'unknown-parent', named: [ORGANISATION] },
      { id: BELOW, fault: 'cycle', named: ['34020000002160000009'] },
    ])
    expect(tree.nodes.get(BELOW)?.children).toEqual(['34020000002160000009'])
  })

  it('VID-2 ten thousand channels in a moment', () => {
    const items = Array.from({ length: 10_000 }, (_, n) => camera(n, { parentId: BELOW }))
    const tree = buildCatalogueTree([...items, ...business])
    expect(tree.nodes.get(BELOW)?.children.length).toBe(10_000)
  })
})

describe('the scope of a query (2022 annex J)', () => {
  const items: CatalogueItem[] = [
    { deviceId: '3402' },
    { deviceId: '340203' },
    { deviceId: GROUP },
    { deviceId: ORGANISATION, businessGroupId: GROUP },
    { deviceId: RECORDER, civilCode: '340203' },
    camera(1, { parentId: ORGANISATION, civilCode: '3402' }),
    camera(2, { parentId: RECORDER }),
    camera(3, { parentId: GROUP, civilCode: '34020301' }),
  ]
  const scope = (id: string) => catalogueScope(items, id, SYSTEM)?.map(({ deviceId }) => deviceId)

  it('VID-2 ours: all; a group, an organisation, a device: itself and what is below; a camera: itself', () => {
    expect(scope(SYSTEM)).toHaveLength(8)
    expect(scope(GROUP)).toEqual([GROUP, ORGANISATION, camera(1).deviceId, camera(3).deviceId])
    expect(scope(ORGANISATION)).toEqual([ORGANISATION, camera(1).deviceId])
    expect(scope(RECORDER)).toEqual([RECORDER, camera(2).deviceId])
    expect(scope(camera(2).deviceId)).toEqual([camera(2).deviceId])
  })

  it('VID-2 a division: what lies in it, channels with their device; an id not known: nothing', () => {
    expect(scope('340203')).toEqual(['340203', RECORDER, camera(2).deviceId, camera(3).deviceId])
    expect(scope('3402')).toHaveLength(6)
    expect(scope('99')).toBeUndefined()
  })
})

describe('what an upper platform is sent (pain 23)', () => {
  it('VID-PAIN-23 only what is shared, by its ids, above before below, no parent that is not sent', () => {
    const mapped = (id: string) => id.replace(/^3402/, '3499')
    const items = shareCatalogue(
      [
        camera(1, { parentId: `${ORGANISATION}/${RECORDER}`, businessGroupId: GROUP }),
        camera(2),
        camera(3, { parentId: RECORDER }),
        { deviceId: ORGANISATION, businessGroupId: GROUP },
        { deviceId: GROUP, parentId: SYSTEM },
        { deviceId: '340203' },
        { deviceId: '3402' },
        { deviceId: SYSTEM, parentId: 'x' },
        { deviceId: RECORDER },
      ],
      { isShared: (id) => id !== camera(2).deviceId && id !== RECORDER, idFor: mapped, root: mapped(SYSTEM) },
    )
    expect(
      items.map(({ deviceId, parentId, businessGroupId }) => [deviceId, parentId, businessGroupId]),
    ).toEqual([
      [mapped(SYSTEM), undefined, undefined],
      ['3499', undefined, undefined],
      ['349903', undefined, undefined],
      [mapped(GROUP), mapped(SYSTEM), undefined],
      [mapped(ORGANISATION), mapped(SYSTEM), mapped(GROUP)],
      [mapped(camera(1).deviceId), mapped(ORGANISATION), mapped(GROUP)],
      [mapped(camera(3).deviceId), mapped(SYSTEM), undefined],
    ])
  })

  it('VID-PAIN-03 in parts below an MTU, every item once, SumNum in each', () => {
    const items = Array.from({ length: 50 }, (_, n) =>
      camera(n, { address: '某路与某街交叉口', status: 'ON' }),
    )
    const answer = { sn: '3', deviceId: SYSTEM }
    const parts = catalogueParts(answer, items, { edition: '2016' }, { bytes: 900 })
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(900)
    expect(parts.length).toBeLessThan(20)
    const collection = createCollection<CatalogueItem>({ keyOf: catalogueItemKey, nowMs: 0 })
    for (const part of parts) {
      const { message } = readManscdp(part)
      if (message.name !== 'Response/Catalog') throw new Error(message.name)
      collection.add({ sumNum: message.body.sumNum, items: message.body.items as CatalogueItem[] }, 0)
    }
    expect(collection.progress).toMatchObject({ state: 'complete', received: 50 })
    expect(collection.items()).toEqual(items)
  })

  it('VID-PAIN-16 nothing found: SumNum 0 and no list; an item too large stands alone', () => {
    const answer = { sn: '3', deviceId: SYSTEM }
    expect(catalogueParts(answer, [], { edition: '2016' }, { bytes: 900 }).map(String)).toEqual([
      expect.stringMatching(/<SumNum>0<\/SumNum>\r\n<\/Response>\r\n$/),
    ])
    const large = [1, 2].map((n) => ({ deviceId: RECORDER, startTime: `${n}`, filePath: 'x'.repeat(1000) }))
    expect(recordParts(answer, '门', large, { edition: '2022' }, { bytes: 900 })).toHaveLength(2)
    expect(recordParts(answer, '门', large, { edition: '2022' }, { bytes: 9000 })).toHaveLength(1)
    expect(recordParts(answer, '门', large, { edition: '2022' }, { bytes: 9000, items: 1 })).toHaveLength(2)
  })
})

describe('changes (pain 23)', () => {
  const words = (changes: readonly CatalogueChange[]) =>
    changes.map(({ event, item }) => `${event} ${item.deviceId.at(-1)}`)

  it('VID-PAIN-23 what differs between two states', () => {
    const before = [camera(1, { status: 'ON' }), camera(2), camera(3), camera(4, { parentId: GROUP })]
    const after = [
      camera(1, { status: 'OFF' }),
      camera(2, { name: '新' }),
      camera(5),
      camera(4, { parentId: BELOW }),
    ]
    const changes = diffCatalogue(before, after)
    expect(words(changes)).toEqual(['OFF 1', 'UPDATE 2', 'ADD 5', 'UPDATE 4', 'DEL 3'])
    expect(notifyItems(changes)[0]).toEqual({ deviceId: camera(1).deviceId, event: 'OFF' })
    expect(diffCatalogue(after, after)).toEqual([])
  })

  it('VID-2 the first NOTIFY tells only what is offline', () => {
    expect(
      words(firstNotification([camera(1, { status: 'ON' }), camera(2, { status: 'OFF' }), camera(3)])),
    ).toEqual(['OFF 2'])
  })

  it('VID-PAIN-23 in batches of a hundred or after a minute', () => {
    const log = createChangeLog()
    expect(log.dueMs).toBeNull()
    log.push({ event: 'ON', item: camera(1) }, 1000)
    log.push({ event: 'ON', item: camera(2) }, 2000)
    expect(log.dueMs).toBe(61_000)
    for (let n = 0; n < 120; n += 1) log.push({ event: 'OFF', item: camera(n) }, 3000)
    expect([log.size, log.dueMs]).toEqual([120, 1000])
    expect(log.take(4000)).toHaveLength(100)
    expect(log.dueMs).toBe(64_000)
    expect([log.take(5000).length, log.take(5000).length, log.dueMs]).toEqual([20, 0, null])
  })

  it.each<[CatalogueChange['event'][], string[]]>([
    [['ADD', 'DEL'], []],
    [['ADD', 'UPDATE'], ['ADD 1']],
    [['ADD', 'OFF'], ['ADD 1']],
    [['UPDATE', 'ON'], ['UPDATE 1']],
    [['DEL', 'ADD'], ['UPDATE 1']],
    [['ON', 'OFF', 'ON'], ['ON 1']],
    [['OFF', 'UPDATE'], ['UPDATE 1']],
    [['UPDATE', 'DEL'], ['DEL 1']],
  ])('VID-PAIN-23 %j become %j', (events, told) => {
    const log = createChangeLog()
    for (const event of events) log.push({ event, item: camera(1) }, 0)
    expect(words(log.take(0))).toEqual(told)
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it('VID-PAIN-23 a catalogue of 24 items: collected, and put in a tree', () => {
    const collection = createCollection<CatalogueItem>({ keyOf: catalogueItemKey, nowMs: 0 })
    for (const { payload } of readCapture('sip_udp_catalog')) {
      if (!payload.includes('<Response>')) continue
      const { message } = readManscdp(readSipMessage(payload).body)
      if (message.name !== 'Response/Catalog') continue
      collection.add({ sumNum: message.body.sumNum, items: message.body.items as CatalogueItem[] }, 0)
    }
    expect(collection.progress).toMatchObject({ state: 'complete', received: 24, expected: 24 })
    const tree = buildCatalogueTree(collection.items())
    expect(tree.nodes.size).toBe(24)
    expect(tree.faults).toEqual([])
    expect(tree.nodes.get('34020000001310000001')?.parents).toEqual(['34020000002160000001'])
    expect(tree.nodes.get('34020000002160000001')?.parents).toEqual(['34020000002150000001'])
  })
})
