/** In-process indicators of driving-licence business (事中干预, 驾驶证): SUP-IN-0220xx prompt, SUP-IN-0221xx hold. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import {
  all,
  answerUnavailable,
  fallback,
  is,
  LICENCE_KINDS,
  latestAnswer,
  NOT_WITHDRAWN,
  ONE_OCCURRENCE,
  oneOf,
  parameter,
} from './blocks.ts'
import { agentLimit } from './in-process-vehicle.ts'

/** Times the driver had this business within a rolling window. */
const repeated = (
  code: string,
  businessKind: string,
  titleZh: string,
  what: string,
): IndicatorDefinition => ({
  code,
  mode: 'in_process',
  subject: 'driver',
  titleZh,
  sentence: `同一驾驶人在F2个月内${what}超过F1次（含本次）。`,
  trigger: { event: 'accept', businessKinds: [businessKind] },
  source: { fact: 'transaction' },
  time: 'transaction.accepted_at',
  filter: all(
    { eq: ['transaction.person_id', { atHand: 'person_id' }] },
    is('transaction.business_kind', businessKind),
    NOT_WITHDRAWN,
  ),
  window: { kind: 'rolling', months: parameter('F2_window_months'), atHand: 'included' },
  measure: { kind: 'count' },
  comparison: '>',
  unit: 'count',
  threshold: parameter('F1_times'),
  parameters: {
    F1_times: { default: 1, titleZh: '办理次数' },
    F2_window_months: { default: 1, titleZh: '统计月数' },
  },
  minimumSample: 0,
  effect: 'prompt',
  locks: ['person'],
  explanation: `该驾驶人在{P:F2_window_months}个月内${what}{measured}次（含本次），超过{threshold}次。`,
})

/** The latest outside answer for the transaction is one of the outcomes. */
const checked = (
  code: string,
  titleZh: string,
  businessKinds: readonly string[],
  kind: string,
  outcomes: readonly string[],
  words: string,
): IndicatorDefinition => ({
  code,
  mode: 'in_process',
  subject: 'applicant',
  titleZh,
  sentence: `办理本业务时${words}。`,
  trigger: { event: 'external_check', businessKinds },
  source: { fact: 'external_check' },
  time: 'external_check.at',
  filter: all(latestAnswer(kind), oneOf('external_check.outcome', outcomes)),
  window: { kind: 'at_hand' },
  measure: { kind: 'count' },
  comparison: '>=',
  unit: 'count',
  threshold: parameter('S1_occurrences'),
  parameters: { ...ONE_OCCURRENCE, ...fallback('stop') },
  minimumSample: 0,
  effect: 'authorise',
  unavailable: { when: answerUnavailable(kind), fallback: 'S2_fallback' },
  explanation: `${words}。`,
})

const ADDRESS = all(
  { eq: ['amendment.transaction_id', { atHand: 'transaction_id' }] },
  is('amendment.field', 'address'),
)

/** The first amendment of the address in this transaction started from a local address. */
const FIRST_WAS_LOCAL = {
  exists: {
    fact: 'amendment',
    as: 'first_one',
    where: all(
      { eq: ['first_one.transaction_id', { atHand: 'transaction_id' }] },
      is('first_one.field', 'address'),
      { local: 'first_one.before_region' },
      {
        not: {
          exists: {
            fact: 'amendment',
            as: 'earlier_one',
            where: all(
              { eq: ['earlier_one.transaction_id', { atHand: 'transaction_id' }] },
              is('earlier_one.field', 'address'),
              { lt: ['earlier_one.at', 'first_one.at'] },
            ),
          },
        },
      },
    ),
  },
} as const

const confirmed = {
  exists: {
    fact: 'external_check',
    as: 'verification',
    where: all(
      { eq: ['verification.transaction_id', { atHand: 'transaction_id' }] },
      is('verification.kind', 'military_licence'),
      is('verification.outcome', 'confirmed'),
    ),
  },
} as const

export const inProcessLicence: readonly IndicatorDefinition[] = [
  {
    code: '022001',
    mode: 'in_process',
    subject: 'driver',
    titleZh: '手机号相同但联系地址不同',
    sentence: '至少S1名其他驾驶人的手机号与申请人相同而联系地址不同。',
    trigger: { event: 'accept', businessKinds: LICENCE_KINDS },
    source: {
      fact: 'person',
      joins: [
        { fact: 'person', as: 'applicant', on: { eq: ['applicant.mobile_digest', 'person.mobile_digest'] } },
      ],
    },
    filter: all(
      { eq: ['applicant.id', { atHand: 'person_id' }] },
      { ne: ['person.address_digest', 'applicant.address_digest'] },
      { ne: ['person.id_digest', 'applicant.id_digest'] },
      { exists: { fact: 'licence', where: { eq: ['licence.person_id', 'person.id'] } } },
    ),
    window: { kind: 'at_hand' },
    measure: { kind: 'count_distinct', of: 'person.id_digest' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('S1_drivers'),
    parameters: { S1_drivers: { default: 1, titleZh: '其他驾驶人数' } },
    minimumSample: 0,
    effect: 'prompt',
    locks: ['mobile'],
    explanation: '另有{measured}名驾驶人使用相同手机号而联系地址不同。',
  },
  repeated('022002', 'licence_replacement', '一个月内多次补证', '补证'),
  repeated('022003', 'licence_transfer_in', '一个月内多次转入', '转入'),
  checked(
    '022101',
    '人口库核查已死亡或无信息',
    LICENCE_KINDS,
    'population',
    ['deceased', 'none'],
    '人口库核查返回已死亡或者无信息',
  ),
  {
    code: '022102',
    mode: 'in_process',
    subject: 'driver',
    titleZh: '流水修改地址由本地变外地',
    sentence: '流水修改将联系地址由本地变为外地（多次修改的，按首次修改前与末次修改后计）。',
    trigger: { event: 'amendment', businessKinds: LICENCE_KINDS },
    source: { fact: 'amendment' },
    time: 'amendment.at',
    filter: all(
      ADDRESS,
      { eq: ['amendment.id', { atHand: 'amendment_id' }] },
      { not: { local: 'amendment.after_region' } },
      { or: [{ local: 'amendment.before_region' }, FIRST_WAS_LOCAL] },
    ),
    window: { kind: 'at_hand' },
    measure: { kind: 'count' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('S1_occurrences'),
    parameters: ONE_OCCURRENCE,
    minimumSample: 0,
    effect: 'authorise',
    explanation: '流水修改将地址由本地变为外地。',
  },
  {
    code: '022103',
    mode: 'in_process',
    subject: 'driver',
    titleZh: '一个月内多次变更手机号',
    sentence: '同一驾驶人在F2个月内变更手机号F1次以上（含本次）。',
    trigger: {
      event: 'information_change',
      businessKinds: LICENCE_KINDS,
      when: {
        exists: {
          fact: 'person_change',
          as: 'change_at_hand',
          where: all(
            { eq: ['change_at_hand.person_id', { atHand: 'person_id' }] },
            { eq: ['change_at_hand.transaction_id', { atHand: 'transaction_id' }] },
            is('change_at_hand.field', 'mobile'),
          ),
        },
      },
    },
    source: { fact: 'person_change' },
    time: 'person_change.at',
    filter: all(
      { eq: ['person_change.person_id', { atHand: 'person_id' }] },
      is('person_change.field', 'mobile'),
    ),
    window: { kind: 'rolling', months: parameter('F2_window_months'), atHand: 'included' },
    measure: { kind: 'count' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('F1_times'),
    parameters: {
      F1_times: { default: 2, titleZh: '变更次数' },
      F2_window_months: { default: 1, titleZh: '统计月数' },
    },
    minimumSample: 0,
    effect: 'authorise',
    locks: ['person'],
    explanation: '该驾驶人在{P:F2_window_months}个月内变更手机号{measured}次（含本次），达到{threshold}次。',
  },
  checked(
    '022104',
    '居住证核查无信息(驾驶证)',
    ['first_licence', 'added_class', 'licence_transfer_in', 'foreign_exchange', 'military_exchange'],
    'residence_permit',
    ['none'],
    '居住证核查返回无信息',
  ),
  agentLimit('022105', '代理人达到办理上限(驾驶证)', LICENCE_KINDS),
  {
    code: '022106',
    mode: 'in_process',
    subject: 'applicant',
    titleZh: '军警换证未经核查',
    sentence: '军队、武警驾驶证换证，本业务没有结果为属实的核查记录。',
    trigger: { event: 'external_check', businessKinds: ['military_exchange'] },
    source: { fact: 'transaction' },
    time: 'transaction.accepted_at',
    filter: all({ eq: ['transaction.id', { atHand: 'transaction_id' }] }, { not: confirmed }),
    window: { kind: 'at_hand' },
    measure: { kind: 'count' },
    comparison: '>=',
    unit: 'count',
    threshold: parameter('S1_occurrences'),
    parameters: { ...ONE_OCCURRENCE, ...fallback('stop') },
    minimumSample: 0,
    effect: 'authorise',
    unavailable: {
      when: all({ not: confirmed }, answerUnavailable('military_licence')),
      fallback: 'S2_fallback',
    },
    explanation: '军队、武警驾驶证换证未经核查属实。',
  },
]
