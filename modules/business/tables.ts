/**
 * Facts: what happened, as windows, institutions and importers recorded it. One table per kind of fact; nothing an
 * indicator reads hides in JSON. Every table is scoped by `unit_path` (row-level security, PLT-4).
 *
 * Personal data: names, identity numbers, mobiles and addresses stand encrypted (`*_enc`) with a keyed digest beside
 * them; `id_region`, `address_region`, `birth_year`, `local`, `working_time` and `permit_number_valid` are derived in
 * clear when a row is written so that indicators never decrypt.
 */

import { checkValue, digest, encryptedText, factColumns, instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

/** A natural person or an organisation (`kind` person | organisation) as applicant, owner, driver or candidate. */
export const person = pgTable(
  'person',
  {
    ...factColumns(),
    kind: text('kind').notNull(),
    nameEnc: encryptedText('name_enc'),
    nameDigest: digest('name_digest'),
    idNumberEnc: encryptedText('id_number_enc'),
    idDigest: digest('id_digest'),
    mobileEnc: encryptedText('mobile_enc'),
    mobileDigest: digest('mobile_digest'),
    addressEnc: encryptedText('address_enc'),
    addressDigest: digest('address_digest'),
    idRegion: text('id_region'),
    addressRegion: text('address_region'),
    birthYear: integer('birth_year'),
  },
  (t) => [
    unique('person_source').on(t.source, t.sourceKey),
    index('person_id_digest').on(t.idDigest),
    index('person_mobile_digest').on(t.mobileDigest),
    index('person_unit_path').on(t.unitPath),
  ],
)

/** A motor vehicle. Codes: plate kind GA/T 16.7, use nature GA/T 16.3, type GA/T 16.4. */
export const vehicle = pgTable(
  'vehicle',
  {
    ...factColumns(),
    plateKind: text('plate_kind'),
    plate: text('plate'),
    vin: text('vin'),
    vehicleType: text('vehicle_type'),
    useNature: text('use_nature'),
    brand: text('brand'),
    model: text('model'),
    colour: text('colour'),
    firstRegisteredAt: date('first_registered_at', { mode: 'string' }),
    scrapDueAt: date('scrap_due_at', { mode: 'string' }),
    status: text('status'),
    accident: boolean('accident'),
    keyVehicle: boolean('key_vehicle'),
    originRegion: text('origin_region'),
  },
  (t) => [
    unique('vehicle_source').on(t.source, t.sourceKey),
    index('vehicle_plate').on(t.plate),
    index('vehicle_vin').on(t.vin),
    index('vehicle_model').on(t.model),
    index('vehicle_unit_path').on(t.unitPath),
  ],
)

/** Who owns a vehicle from when to when. Exactly one of `person_id`, `organisation_id` is set. */
export const vehicleOwner = pgTable(
  'vehicle_owner',
  {
    ...factColumns(),
    vehicleId: uuid('vehicle_id').notNull(),
    personId: uuid('person_id'),
    organisationId: uuid('organisation_id'),
    coOwner: boolean('co_owner').notNull().default(false),
    from: instant('from').notNull(),
    to: instant('to'),
  },
  (t) => [
    unique('vehicle_owner_source').on(t.source, t.sourceKey),
    index('vehicle_owner_person').on(t.personId, t.from),
    index('vehicle_owner_organisation').on(t.organisationId, t.from),
    index('vehicle_owner_vehicle').on(t.vehicleId, t.from),
  ],
)

/** A driving licence: classes held, validity, points in the running cycle. */
export const licence = pgTable(
  'licence',
  {
    ...factColumns(),
    personId: uuid('person_id').notNull(),
    fileNumber: text('file_number'),
    classes: text('classes'),
    state: text('state'),
    firstIssuedAt: date('first_issued_at', { mode: 'string' }),
    validUntil: date('valid_until', { mode: 'string' }),
    issuedRegion: text('issued_region'),
    points: integer('points'),
  },
  (t) => [unique('licence_source').on(t.source, t.sourceKey), index('licence_person').on(t.personId)],
)

/**
 * The recorded handling of an accepted application (业务流水). Guarded row. `occurred_at` equals `accepted_at`.
 * `subject_kind` is vehicle | licence. In vehicle business `person_id`/`organisation_id` is the owner.
 */
export const transaction = pgTable(
  'transaction',
  {
    ...factColumns(),
    serial: text('serial').notNull(),
    subjectKind: text('subject_kind').notNull(),
    businessKind: text('business_kind').notNull(),
    reason: text('reason'),
    state: text('state').notNull(),
    channel: text('channel').notNull(),
    vehicleId: uuid('vehicle_id'),
    personId: uuid('person_id'),
    organisationId: uuid('organisation_id'),
    agentId: uuid('agent_id'),
    institutionId: uuid('institution_id'),
    kioskId: uuid('kiosk_id'),
    handlerId: uuid('handler_id'),
    acceptedAt: instant('accepted_at').notNull(),
    completedAt: instant('completed_at'),
    dueAt: instant('due_at'),
    local: boolean('local'),
    workingTime: boolean('working_time'),
    licenceClass: text('licence_class'),
    issuingCountry: text('issuing_country'),
    originRegion: text('origin_region'),
    permitNumberValid: boolean('permit_number_valid'),
    clientAddress: text('client_address'),
    checkValue: checkValue(),
    lastAuditId: uuid('last_audit_id'),
  },
  (t) => [
    unique('transaction_source').on(t.source, t.sourceKey),
    unique('transaction_serial').on(t.serial),
    index('transaction_vehicle').on(t.vehicleId, t.acceptedAt),
    index('transaction_person').on(t.personId, t.acceptedAt),
    index('transaction_organisation').on(t.organisationId, t.acceptedAt),
    index('transaction_agent').on(t.agentId, t.acceptedAt),
    index('transaction_unit_time').on(t.unitPath, t.acceptedAt),
    index('transaction_unit_state').on(t.unitPath, t.state, t.acceptedAt),
    index('transaction_handler').on(t.handlerId, t.acceptedAt),
    index('transaction_accepted').on(t.acceptedAt, t.id),
    index('transaction_due').on(sql`coalesce(${t.dueAt}, 'infinity')`, t.id),
  ],
)

/** One step (办理环节) of a transaction. Guarded row. State open | done | returned. */
export const transactionStep = pgTable(
  'transaction_step',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    step: text('step').notNull(),
    state: text('state').notNull(),
    operatorId: uuid('operator_id'),
    openedAt: instant('opened_at').notNull(),
    doneAt: instant('done_at'),
    opinion: text('opinion'),
    clientAddress: text('client_address'),
    checkValue: checkValue(),
    lastAuditId: uuid('last_audit_id'),
  },
  (t) => [
    unique('transaction_step_source').on(t.source, t.sourceKey),
    index('transaction_step_transaction').on(t.transactionId, t.ordinal),
  ],
)

/** A field that the transaction changes (变更登记 may change several). No personal values. */
export const transactionChange = pgTable(
  'transaction_change',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id').notNull(),
    field: text('field').notNull(),
    before: text('before'),
    after: text('after'),
    /** New value of a personal field (mobile, address), applied when the transaction completes. */
    afterEnc: encryptedText('after_enc'),
  },
  (t) => [
    unique('transaction_change_source').on(t.source, t.sourceKey),
    index('transaction_change_transaction').on(t.transactionId),
  ],
)

/** A change to a running transaction (流水修改, BIZ-5). Guarded row; the values before and after stand encrypted. */
export const amendment = pgTable(
  'amendment',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id').notNull(),
    field: text('field').notNull(),
    beforeEnc: encryptedText('before_enc'),
    afterEnc: encryptedText('after_enc'),
    beforeRegion: text('before_region'),
    afterRegion: text('after_region'),
    at: instant('at').notNull(),
    operatorId: uuid('operator_id'),
    reason: text('reason'),
    checkValue: checkValue(),
    lastAuditId: uuid('last_audit_id'),
  },
  (t) => [
    unique('amendment_source').on(t.source, t.sourceKey),
    index('amendment_transaction').on(t.transactionId, t.at),
  ],
)

/** A change to a filed record (档案更正). `target` is the id of the vehicle or person corrected. */
export const correction = pgTable(
  'correction',
  {
    ...factColumns(),
    targetKind: text('target_kind').notNull(),
    target: uuid('target').notNull(),
    field: text('field').notNull(),
    at: instant('at').notNull(),
    operatorId: uuid('operator_id'),
  },
  (t) => [
    unique('correction_source').on(t.source, t.sourceKey),
    index('correction_target').on(t.target, t.at),
  ],
)

/** A plate number selected for a vehicle (选号), perhaps withdrawn with its transaction. */
export const numberSelection = pgTable(
  'number_selection',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id'),
    vehicleId: uuid('vehicle_id').notNull(),
    number: text('number'),
    selectedAt: instant('selected_at').notNull(),
    withdrawnAt: instant('withdrawn_at'),
    originalNumber: boolean('original_number').notNull().default(false),
    formerVehicleId: uuid('former_vehicle_id'),
    ground: text('ground'),
  },
  (t) => [
    unique('number_selection_source').on(t.source, t.sourceKey),
    index('number_selection_vehicle').on(t.vehicleId, t.selectedAt),
    index('number_selection_transaction').on(t.transactionId),
  ],
)

/** A periodic inspection (检验) at a station. `occurred_at` is when it was made. `owner` is the owner's id or digest in hex. */
export const inspection = pgTable(
  'inspection',
  {
    ...factColumns(),
    institutionId: uuid('institution_id'),
    line: text('line'),
    vehicleId: uuid('vehicle_id'),
    owner: text('owner'),
    model: text('model'),
    originRegion: text('origin_region'),
    attempt: integer('attempt'),
    passed: boolean('passed'),
    vehicleAgeYears: integer('vehicle_age_years'),
    accident: boolean('accident'),
    keyVehicle: boolean('key_vehicle'),
    submittedAt: instant('submitted_at'),
    auditedAt: instant('audited_at'),
    auditorId: uuid('auditor_id'),
    firstAuditPassed: boolean('first_audit_passed'),
  },
  (t) => [
    unique('inspection_source').on(t.source, t.sourceKey),
    index('inspection_unit_time').on(t.unitPath, t.occurredAt),
    index('inspection_institution').on(t.institutionId, t.occurredAt),
    index('inspection_vehicle').on(t.vehicleId, t.occurredAt),
    // Lists of all, newest first.
    index('inspection_occurred').on(t.occurredAt, t.id),
  ],
)

/** One item of an inspection, e.g. brake, lamp. */
export const inspectionItem = pgTable(
  'inspection_item',
  {
    ...factColumns(),
    inspectionId: uuid('inspection_id').notNull(),
    institutionId: uuid('institution_id'),
    item: text('item').notNull(),
    passed: boolean('passed'),
  },
  (t) => [
    unique('inspection_item_source').on(t.source, t.sourceKey),
    index('inspection_item_inspection').on(t.inspectionId),
  ],
)

/** One sitting of a subject: subject1 | subject2 | subject3_road | subject3_safety. `occurred_at` equals `started_at`. */
export const examination = pgTable(
  'examination',
  {
    ...factColumns(),
    candidateId: uuid('candidate_id'),
    subject: text('subject').notNull(),
    licenceClass: text('licence_class'),
    siteId: uuid('site_id'),
    examinerId: uuid('examiner_id'),
    schoolId: uuid('school_id'),
    deviceId: text('device_id'),
    carId: text('car_id'),
    attempt: integer('attempt'),
    makeUp: boolean('make_up'),
    fullMark: boolean('full_mark'),
    score: doublePrecision('score'),
    passed: boolean('passed'),
    local: boolean('local'),
    workingTime: boolean('working_time'),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    unique('examination_source').on(t.source, t.sourceKey),
    index('examination_unit_time').on(t.unitPath, t.occurredAt),
    index('examination_site').on(t.siteId, t.subject, t.occurredAt),
    index('examination_candidate').on(t.candidateId, t.occurredAt),
    index('examination_occurred').on(t.occurredAt, t.id),
  ],
)

/** A deduction or a misjudgement recorded in an examination. */
export const examinationItem = pgTable(
  'examination_item',
  {
    ...factColumns(),
    examinationId: uuid('examination_id').notNull(),
    item: text('item').notNull(),
    deduction: doublePrecision('deduction'),
    misjudged: boolean('misjudged'),
    deviceId: text('device_id'),
  },
  (t) => [
    unique('examination_item_source').on(t.source, t.sourceKey),
    index('examination_item_examination').on(t.examinationId),
  ],
)

/** An answer of an external system asked for a transaction: population, residence_permit, military_licence. */
export const externalCheck = pgTable(
  'external_check',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id').notNull(),
    personId: uuid('person_id'),
    kind: text('kind').notNull(),
    outcome: text('outcome').notNull(),
    at: instant('at').notNull(),
    durationMs: integer('duration_ms'),
  },
  (t) => [
    unique('external_check_source').on(t.source, t.sourceKey),
    index('external_check_transaction').on(t.transactionId, t.at),
  ],
)

/** A change of a person's particulars (mobile, address, name). The first entry of a value is no change. */
export const personChange = pgTable(
  'person_change',
  {
    ...factColumns(),
    personId: uuid('person_id').notNull(),
    transactionId: uuid('transaction_id'),
    field: text('field').notNull(),
    at: instant('at').notNull(),
    operatorId: uuid('operator_id'),
  },
  (t) => [
    unique('person_change_source').on(t.source, t.sourceKey),
    index('person_change_person').on(t.personId, t.at),
  ],
)

/** A measured difference of an outside system's clock from ours, in minutes (positive = theirs is fast). */
export const clockOffset = pgTable(
  'clock_offset',
  {
    ...factColumns(),
    system: text('system').notNull(),
    siteId: uuid('site_id').notNull(),
    subject: text('subject'),
    minutes: doublePrecision('minutes').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [
    unique('clock_offset_source').on(t.source, t.sourceKey),
    index('clock_offset_site').on(t.siteId, t.at),
  ],
)

/** An investigation opened on a transaction; written by supervision when a suspect case is investigated. */
export const investigation = pgTable(
  'investigation',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id').notNull(),
    caseId: uuid('case_id'),
    openedAt: instant('opened_at').notNull(),
  },
  (t) => [
    unique('investigation_source').on(t.source, t.sourceKey),
    index('investigation_transaction').on(t.transactionId),
  ],
)

/** A temporary plate issued (临时行驶车号牌). `cross_district`: for driving beyond the issuing district (跨行政辖区). */
export const temporaryPlate = pgTable(
  'temporary_plate',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id'),
    vehicleId: uuid('vehicle_id').notNull(),
    personId: uuid('person_id'),
    organisationId: uuid('organisation_id'),
    crossDistrict: boolean('cross_district').notNull(),
    issuedAt: instant('issued_at').notNull(),
  },
  (t) => [
    unique('temporary_plate_source').on(t.source, t.sourceKey),
    index('temporary_plate_vehicle').on(t.vehicleId, t.issuedAt),
  ],
)

/**
 * A driving licence moved to or from another place. `direction` is in | out. `at`: when the transfer was handled, empty
 * until then; `downloaded_at`: when the other side's request or file was downloaded. `occurred_at` equals the first of
 * the two that is known.
 */
export const licenceTransfer = pgTable(
  'licence_transfer',
  {
    ...factColumns(),
    transactionId: uuid('transaction_id'),
    personId: uuid('person_id').notNull(),
    direction: text('direction').notNull(),
    at: instant('at'),
    /** The transfer also changed the number of the identity document (转入合并变更身份证明号码). */
    idChanged: boolean('id_changed').notNull().default(false),
    /** The transfer was combined with a replacement (转入合并补证). */
    combinedReplacement: boolean('combined_replacement').notNull().default(false),
    downloadedAt: instant('downloaded_at'),
    /** Points recorded elsewhere must be cleared (外地清分). */
    clearingRequired: boolean('clearing_required').notNull().default(false),
    clearedAt: instant('cleared_at'),
    /** When the result of checking was entered. */
    checkedAt: instant('checked_at'),
  },
  (t) => [
    unique('licence_transfer_source').on(t.source, t.sourceKey),
    index('licence_transfer_person').on(t.personId, t.at),
  ],
)

/** What a holder does to keep a licence, `elsewhere` where another city issued it (异地); null = not known. */
const keptLicence = () => ({
  ...factColumns(),
  transactionId: uuid('transaction_id'),
  personId: uuid('person_id').notNull(),
  at: instant('at').notNull(),
  elsewhere: boolean('elsewhere'),
})

/** A validation of a driving licence (审验). */
export const validation = pgTable('validation', keptLicence(), (t) => [
  unique('validation_source').on(t.source, t.sourceKey),
  index('validation_person').on(t.personId, t.at),
])

/** A medical report submitted for a driving licence (提交身体条件证明). */
export const medicalReport = pgTable('medical_report', keptLicence(), (t) => [
  unique('medical_report_source').on(t.source, t.sourceKey),
  index('medical_report_person').on(t.personId, t.at),
])

/** A full-mark study finished (满分学习). */
export const fullMarkStudy = pgTable('full_mark_study', keptLicence(), (t) => [
  unique('full_mark_study_source').on(t.source, t.sourceKey),
  index('full_mark_study_person').on(t.personId, t.at),
])

/** Points added to (`delta` > 0) or taken from a driver's record (记分). */
export const pointsChange = pgTable(
  'points_change',
  {
    ...factColumns(),
    personId: uuid('person_id').notNull(),
    at: instant('at').notNull(),
    delta: integer('delta').notNull(),
    /** Why: violation | study | clearing | correction. */
    cause: text('cause'),
  },
  (t) => [
    unique('points_change_source').on(t.source, t.sourceKey),
    index('points_change_person').on(t.personId, t.at),
  ],
)

/** List of products that do not comply (违规产品), kept locally. Not scoped: the list is the same everywhere. */
export const nonCompliantProduct = pgTable(
  'non_compliant_product',
  {
    id: uuid('id').primaryKey(),
    model: text('model').notNull(),
    notice: text('notice'),
    validFrom: date('valid_from', { mode: 'string' }),
  },
  (t) => [unique('non_compliant_product_model').on(t.model)],
)

/** Day and month limits of an agent (BIZ-41). An agent without a row falls under the unit's default limits. */
export const agentQuota = pgTable('agent_quota', {
  agentId: uuid('agent_id').primaryKey(),
  dayLimit: integer('day_limit'),
  monthLimit: integer('month_limit'),
})
