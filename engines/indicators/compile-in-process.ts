/**
 * In-process evaluation: one statement per event and business kind answers for all its indicators in one round trip.
 * Every indicator is a scalar aggregate over an index range of its subject; nothing else of a large table is touched.
 */
import { createHash } from 'node:crypto'
import type { FactCatalogue } from './catalogue.ts'
import type { AtHandField, IndicatorDefinition, ParameterValues, Trigger, Window } from './definition.ts'
import { assertShape } from './definition-shape.ts'
import { column, condition, from, plusMonths, type Scope, type Typed, value } from './expression.ts'
import { fault } from './fault.ts'
import { double, identifier, text, ZONE } from './sql.ts'

/** The transaction at hand. Ids are UUIDs; `localRegions` are the prefixes of region codes that count as local. */
export interface AtHand {
  readonly transactionId: string
  readonly unitPath: string
  readonly businessKind: string
  readonly reason?: string | null
  /** Taken after the subject locks are held, so that concurrent acceptances of a subject have an order. */
  readonly acceptedAt: Date
  readonly vehicleId?: string | null
  readonly personId?: string | null
  readonly organisationId?: string | null
  readonly agentId?: string | null
  readonly local?: boolean | null
  readonly localRegions: readonly string[]
  readonly amendmentId?: string | null
  readonly personChangeId?: string | null
  /** Digest of the applicant's mobile number in hex; only for the lock. */
  readonly mobileDigest?: string | null
}

/** One indicator's answer, as the statement returns it. */
export interface InProcessRow {
  readonly code: string
  readonly status: 'fired' | 'clear' | 'cannot_judge' | 'unavailable'
  readonly measured: number | null
  readonly base: null
  readonly threshold: number | null
  readonly also_measured: number | null
  readonly also_threshold: number | null
  readonly fired: boolean
  readonly judged: boolean
  /** prompt | stop | pass when `status` is unavailable. */
  readonly fallback: string | null
  /** Up to 20 facts, newest first; null unless fired. */
  readonly evidence: readonly Evidence[] | null
}

/** A fact that counted, with the few clear fields a reader needs. */
export interface Evidence {
  readonly fact: string
  readonly id: string
  readonly at?: string
  readonly unit?: string
  readonly [field: string]: string | undefined
}

/** A prepared statement: `client.query({ name, text, values: statement.values(atHand, parameters) })`. */
export interface InProcessStatement {
  readonly name: string
  readonly text: string
  readonly codes: readonly string[]
  /** `parameters`: per enabled code the values that differ from the defaults; a code left out is switched off. */
  readonly values: (atHand: AtHand, parameters: Readonly<Record<string, ParameterValues>>) => unknown[]
}

/** All statements of a set of definitions. */
export interface InProcessPlan {
  /** `undefined` where no indicator listens. `accept` includes the indicators on external checks. */
  readonly statementFor: (event: Trigger['event'], businessKind: string) => InProcessStatement | undefined
}

const INPUTS: ReadonlyArray<readonly [AtHandField | 'local_regions' | 'parameters', string]> = [
  ['transaction_id', 'uuid'],
  ['unit_path', 'text'],
  ['business_kind', 'text'],
  ['reason', 'text'],
  ['accepted_at', 'timestamptz'],
  ['vehicle_id', 'uuid'],
  ['person_id', 'uuid'],
  ['organisation_id', 'uuid'],
  ['agent_id', 'uuid'],
  ['local', 'boolean'],
  ['amendment_id', 'uuid'],
  ['person_change_id', 'uuid'],
  ['local_regions', 'text[]'],
  ['parameters', 'jsonb'],
]

const PLACE = new Map(INPUTS.map(([name, type], i) => [name as string, `$${i + 1}::${type}`]))
const HAND_TYPES: Record<string, Typed['type']> = {
  uuid: 'uuid',
  text: 'text',
  timestamptz: 'instant',
  boolean: 'boolean',
}
const EVIDENCE_LIMIT = 20
const CLEAR_FIELDS = [
  'transaction_id',
  'vehicle_id',
  'person_id',
  'business_kind',
  'reason',
  'field',
  'kind',
  'outcome',
  'model',
]

/** Compile in-process definitions for PostgreSQL. Throws `DefinitionFault` on a faulty one. */
export function compileInProcess(
  definitions: readonly IndicatorDefinition[],
  catalogue: FactCatalogue,
  _options: { readonly dialect: 'postgres' } = { dialect: 'postgres' },
): InProcessPlan {
  const parts = definitions.map((definition) => ({ definition, sql: selectOf(definition, catalogue) }))
  const statements = new Map<string, InProcessStatement | undefined>()
  return {
    statementFor(event, businessKind) {
      const key = `${event} ${businessKind}`
      if (!statements.has(key)) {
        const chosen = parts.filter(({ definition }) => listens(definition, event, businessKind))
        statements.set(key, chosen.length > 0 ? statementOf(chosen) : undefined)
      }
      return statements.get(key)
    },
  }
}

/** Does the definition listen to this event of this business kind? */
export function listens(
  definition: IndicatorDefinition,
  event: Trigger['event'],
  businessKind: string,
): boolean {
  const trigger = definition.trigger
  if (!trigger?.businessKinds.includes(businessKind)) return false
  return trigger.event === event || (event === 'accept' && trigger.event === 'external_check')
}

function statementOf(
  parts: ReadonlyArray<{ definition: IndicatorDefinition; sql: string }>,
): InProcessStatement {
  // Names every input once, so that PostgreSQL knows the type of those this statement does not use.
  const inputs = INPUTS.map(([name]) => `${PLACE.get(name)!} AS ${identifier(name)}`).join(', ')
  const sql = `WITH inputs AS (SELECT ${inputs})\n${parts.map((part) => part.sql).join('\nUNION ALL\n')}`
  const definitions = parts.map((part) => part.definition)
  return {
    name: `indicators_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`,
    text: sql,
    codes: definitions.map((definition) => definition.code),
    values: (atHand, parameters) => inputValues(atHand, mergeParameters(definitions, parameters)),
  }
}

function mergeParameters(
  definitions: readonly IndicatorDefinition[],
  given: Readonly<Record<string, ParameterValues>>,
): Record<string, ParameterValues> {
  const merged: Record<string, ParameterValues> = {}
  for (const { code, parameters } of definitions) {
    if (!Object.hasOwn(given, code)) continue
    const values: Record<string, ParameterValues[string]> = {}
    for (const [name, spec] of Object.entries(parameters)) values[name] = given[code]![name] ?? spec.default
    merged[code] = values
  }
  return merged
}

function inputValues(atHand: AtHand, parameters: Record<string, ParameterValues>): unknown[] {
  return [
    atHand.transactionId,
    atHand.unitPath,
    atHand.businessKind,
    atHand.reason ?? null,
    atHand.acceptedAt,
    atHand.vehicleId ?? null,
    atHand.personId ?? null,
    atHand.organisationId ?? null,
    atHand.agentId ?? null,
    atHand.local ?? null,
    atHand.amendmentId ?? null,
    atHand.personChangeId ?? null,
    atHand.localRegions,
    JSON.stringify(parameters),
  ]
}

/** Path of a definition's parameter in the `parameters` input. Codes and names are checked, so the braces are safe. */
const parameterPath = (code: string, name: string) => text(`{${code},${name}}`)

function scopeOf(definition: IndicatorDefinition, catalogue: FactCatalogue): Scope {
  const json = PLACE.get('parameters')!
  const specOf = (name: string, path: string) =>
    Object.hasOwn(definition.parameters, name)
      ? definition.parameters[name]!
      : fault(path, `unknown parameter ${JSON.stringify(name)}`)
  return {
    dialect: 'postgres',
    catalogue,
    localTime: false,
    tables: new Map(),
    parameter(name, path) {
      const { default: standard } = specOf(name, path)
      if (Array.isArray(standard)) fault(path, `${name} is a list`)
      const raw = `(${json} #>> ${parameterPath(definition.code, name)})`
      return typeof standard === 'string' ? { sql: raw, type: 'text' } : { sql: double(raw), type: 'number' }
    },
    inList(left, name, path) {
      if (!Array.isArray(specOf(name, path).default)) fault(path, `${name} is no list`)
      return `(${left} = ANY (ARRAY(SELECT jsonb_array_elements_text(${json} #> ${parameterPath(definition.code, name)}))))`
    },
    atHand(field, path) {
      const input = INPUTS.find(([name]) => name === field)
      const type = input ? HAND_TYPES[input[1]] : undefined
      if (!input || !type) fault(path, `unknown field ${JSON.stringify(field)} of the transaction at hand`)
      return { sql: PLACE.get(field)!, type }
    },
    isLocal: (region) =>
      `(CASE WHEN ${region} IS NULL THEN NULL ELSE EXISTS (SELECT 1 FROM unnest(${PLACE.get('local_regions')!}) AS r WHERE starts_with(${region}, r)) END)`,
  }
}

/** Rows `time` of a window around `accepted_at`: condition, and its lower bound (null = none). */
function windowOf(
  window: Window,
  time: string,
  scope: Scope,
  path: string,
): { where: string; lower: string | null } {
  const now = PLACE.get('accepted_at')!
  const start = (unit: 'day' | 'month') =>
    `(date_trunc('${unit}', ${now} AT TIME ZONE '${ZONE}') AT TIME ZONE '${ZONE}')`
  switch (window.kind) {
    case 'at_hand':
      return { where: 'TRUE', lower: null }
    case 'day':
    case 'month':
      return { where: `(${time} >= ${start(window.kind)} AND ${time} <= ${now})`, lower: start(window.kind) }
    case 'rolling': {
      if (window.months === undefined) return { where: `(${time} <= ${now})`, lower: null }
      const months = value(window.months, scope, `${path}.months`)
      // (accepted_at − n months, accepted_at]: what happened exactly n months ago is no longer within them.
      const lower = plusMonths(now, `(-${months.sql})`, scope)
      return { where: `(${time} > ${lower} AND ${time} <= ${now})`, lower }
    }
    default:
      return fault(`${path}.kind`, `${window.kind} has no meaning in-process`)
  }
}

function aggregate(definition: IndicatorDefinition, scope: Scope, filter: string | null): string {
  const only = filter ? ` FILTER (WHERE ${filter})` : ''
  const { measure } = definition
  switch (measure.kind) {
    case 'count':
      return `count(*)${only}`
    case 'count_distinct':
      return `count(DISTINCT ${value(measure.of, scope, 'measure.of').sql})${only}`
    case 'sum':
    case 'max':
      return `${measure.kind}(${value(measure.of, scope, 'measure.of').sql})${only}`
    default:
      return fault('measure.kind', `${measure.kind} is not evaluated in-process`)
  }
}

function selectOf(definition: IndicatorDefinition, catalogue: FactCatalogue): string {
  assertShape(definition)
  const bare = scopeOf(definition, catalogue)
  const trigger = definition.trigger ?? fault('trigger', 'an in-process indicator needs one')
  const source = from(definition.source, bare, 'source')
  const table = source.scope.tables.get(source.alias)!
  const timed = Object.hasOwn(table.columns, 'occurred_at') || definition.time !== undefined
  const time = timed ? timeOf(definition, source.scope, source.alias) : null
  const main = windowOf(definition.window, time ?? 'NULL', bare, 'window')
  const also = definition.also?.window
    ? windowOf(definition.also.window, time ?? 'NULL', bare, 'also.window')
    : null
  const where = [definition.filter ? condition(definition.filter, source.scope, 'filter') : 'TRUE']
  if ('atHand' in definition.window && definition.window.atHand === 'excluded') {
    where.push(`(${identifier(source.alias)}."id" <> ${PLACE.get('transaction_id')!})`)
  }
  if (!also) where.push(main.where)
  else if (main.lower && also.lower) where.push(`(${time} >= least(${main.lower}, ${also.lower}))`)
  const measured = double(aggregate(definition, source.scope, also ? main.where : null))
  const columns = [
    `${measured} AS measured`,
    `${also ? double(aggregate(definition, source.scope, also.where)) : 'NULL::double precision'} AS also_measured`,
    `${evidenceOf(definition, source.alias, table.columns, time)} AS evidence`,
    `${numeric(value(definition.threshold, bare, 'threshold'), 'threshold')} AS threshold`,
    `${also ? numeric(value(definition.also!.threshold, bare, 'also.threshold'), 'also.threshold') : 'NULL::double precision'} AS also_threshold`,
  ]
  const fired = firedOf(definition)
  const judgedWhen = definition.judgedWhen ? condition(definition.judgedWhen, bare, 'judgedWhen') : 'TRUE'
  const unavailable = definition.unavailable
    ? condition(definition.unavailable.when, bare, 'unavailable.when')
    : 'FALSE'
  const fallback = definition.unavailable
    ? bare.parameter(definition.unavailable.fallback, 'unavailable.fallback').sql
    : 'NULL::text'
  const when = [`(${PLACE.get('parameters')!} ? ${text(definition.code)})`]
  if (trigger.reasons)
    when.push(`(${PLACE.get('reason')!} IN (${trigger.reasons.map((r) => text(r)).join(', ')}))`)
  if (trigger.when) when.push(condition(trigger.when, bare, 'trigger.when'))
  return `SELECT ${text(definition.code)} AS code,
  CASE WHEN j.unavailable THEN 'unavailable' WHEN NOT j.judged THEN 'cannot_judge' WHEN j.fired THEN 'fired' ELSE 'clear' END AS status,
  j.measured, NULL::double precision AS base, j.threshold, j.also_measured, j.also_threshold,
  (j.fired AND j.judged AND NOT j.unavailable) AS fired, (j.judged AND NOT j.unavailable) AS judged,
  CASE WHEN j.unavailable THEN ${fallback} END AS fallback,
  CASE WHEN j.fired OR j.unavailable THEN j.evidence END AS evidence
FROM (SELECT m.*, coalesce(${fired.fired}, FALSE) AS fired, coalesce((${fired.judged}) AND ${judgedWhen}, FALSE) AS judged, coalesce(${unavailable}, FALSE) AS unavailable
  FROM (SELECT ${columns.join(',\n    ')}
    FROM ${source.from}
    WHERE ${where.join(' AND ')}) AS m) AS j
WHERE ${when.join(' AND ')}`
}

function timeOf(definition: IndicatorDefinition, scope: Scope, alias: string): string {
  return definition.time === undefined
    ? column(`${alias}.occurred_at`, scope, 'time').sql
    : value(definition.time, scope, 'time').sql
}

function numeric(typed: Typed, path: string): string {
  return typed.type === 'number' ? double(typed.sql) : fault(path, `must be number, is ${typed.type}`)
}

function firedOf(definition: IndicatorDefinition): { fired: string; judged: string } {
  const main = `(m.measured ${definition.comparison} m.threshold)`
  const known = '(m.threshold IS NOT NULL AND m.measured IS NOT NULL)'
  if (!definition.also) return { fired: main, judged: known }
  const also = `(m.also_measured ${definition.also.comparison} m.also_threshold)`
  const either = definition.also.how === 'either'
  return {
    fired: `(coalesce(${main}, FALSE) ${either ? 'OR' : 'AND'} coalesce(${also}, FALSE))`,
    judged: `(${known} ${either ? 'OR' : 'AND'} m.also_threshold IS NOT NULL)`,
  }
}

function evidenceOf(
  definition: IndicatorDefinition,
  alias: string,
  columns: Readonly<Record<string, unknown>>,
  time: string | null,
): string {
  const at = (name: string) => `${identifier(alias)}.${identifier(name)}`
  const pairs = [`'fact', ${text(definition.source.fact)}`, `'id', ${at('id')}`]
  if (time) pairs.push(`'at', ${time}`)
  if (Object.hasOwn(columns, 'unit_path')) pairs.push(`'unit', ${at('unit_path')}`)
  for (const name of CLEAR_FIELDS) if (Object.hasOwn(columns, name)) pairs.push(`'${name}', ${at(name)}`)
  const order = time ? `${time} DESC, ${at('id')} DESC` : at('id')
  return `to_jsonb((array_agg(jsonb_strip_nulls(jsonb_build_object(${pairs.join(', ')})) ORDER BY ${order}))[1:${EVIDENCE_LIMIT}])`
}

/** What a row asks of the handler's desk: nothing, a prompt to acknowledge, or a leader's authorisation. */
export function effectOf(
  definition: IndicatorDefinition,
  row: InProcessRow,
): 'none' | 'prompt' | 'authorise' {
  if (row.status === 'fired') return definition.effect === 'authorise' ? 'authorise' : 'prompt'
  if (row.status !== 'unavailable') return 'none'
  if (row.fallback === 'pass') return 'none'
  return row.fallback === 'stop' ? 'authorise' : 'prompt'
}
