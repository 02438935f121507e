/** The outer shape of a definition: names, enumerations, texts. What is inside expressions is checked by compiling. */
import { DefinitionFault } from './fault.ts'
import { isName } from './sql.ts'

/** One thing wrong with a definition. */
export interface Fault {
  readonly path: string
  readonly reason: string
}

const KEYS = new Set([
  'code',
  'mode',
  'subject',
  'titleZh',
  'sentence',
  'legalBasis',
  'trigger',
  'schedule',
  'source',
  'time',
  'filter',
  'further',
  'measured',
  'dimensions',
  'allUnits',
  'window',
  'measure',
  'base',
  'comparison',
  'unit',
  'threshold',
  'also',
  'parameters',
  'minimumSample',
  'effect',
  'judgedWhen',
  'unavailable',
  'locks',
  'requires',
  'explanation',
])

const ONE_OF = {
  mode: ['in_process', 'post_hoc'],
  comparison: ['>', '>=', '<', '<='],
  unit: [
    'count',
    'percent_share',
    'percentage_points',
    'percent_growth',
    'working_days',
    'months',
    'minutes',
  ],
  effect: ['prompt', 'authorise', 'finding'],
  schedule: ['daily', 'monthly'],
  event: ['accept', 'amendment', 'information_change', 'external_check'],
  lock: ['vehicle', 'person', 'organisation', 'agent', 'mobile'],
  window: ['at_hand', 'day', 'month', 'period', 'rolling'],
  measure: [
    'count',
    'count_distinct',
    'sum',
    'average',
    'max',
    'rate',
    'share',
    'least',
    'related',
    'overlap',
    'overdue',
  ],
  base: [
    'previous_month',
    'same_month_last_year',
    'last_year_monthly_average',
    'pooled',
    'other_rows',
    'others_average',
    'city_last_year_average_per_group',
  ],
} as const

const TOKENS = new Set(
  'period measured base deviation threshold sample numerator denominator also_measured also_threshold'.split(
    ' ',
  ),
)

/** Nesting and size no honest definition reaches; they bound the work of compiling a hostile one. */
const MAX_DEPTH = 40
const MAX_LENGTH = 65_536

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function depthOf(value: unknown, level = 0): number {
  if (level > MAX_DEPTH || typeof value !== 'object' || value === null) return level
  return Math.max(level, ...Object.values(value).map((inner) => depthOf(inner, level + 1)))
}

/** Everything wrong with the outer shape. */
export function shapeFaults(definition: unknown): Fault[] {
  const faults: Fault[] = []
  const add = (path: string, reason: string) => faults.push({ path, reason })
  if (!isRecord(definition)) return [{ path: 'definition', reason: 'must be an object' }]
  if (depthOf(definition) > MAX_DEPTH) return [{ path: 'definition', reason: 'is nested too deeply' }]
  if (JSON.stringify(definition).length > MAX_LENGTH) return [{ path: 'definition', reason: 'is too long' }]
  const choice = (path: string, value: unknown, list: readonly string[]) => {
    if (!list.includes(value as string)) add(path, `must be one of ${list.join(', ')}`)
  }
  for (const [key, value] of Object.entries(definition)) {
    if (!KEYS.has(key)) add(key, 'is not of the language')
    else if (value === null) add(key, 'must not be null')
  }
  const d = definition
  if (typeof d.code !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(d.code))
    add('code', 'is no code')
  for (const key of ['titleZh', 'sentence', 'explanation'] as const) {
    if (typeof d[key] !== 'string' || d[key].trim() === '') add(key, 'must be a text')
  }
  if (!isName(d.subject)) add('subject', 'must be a name')
  for (const key of ['mode', 'comparison', 'unit', 'effect'] as const) choice(key, d[key], ONE_OF[key])
  if (d.schedule !== undefined) choice('schedule', d.schedule, ONE_OF.schedule)
  if (!Number.isInteger(d.minimumSample) || (d.minimumSample as number) < 0) {
    add('minimumSample', 'must be a whole number')
  }
  if (!isRecord(d.source)) add('source', 'must be an object')
  else if (d.source.joins !== undefined && !Array.isArray(d.source.joins))
    add('source.joins', 'must be a list')
  for (const key of ['window', 'measure'] as const) {
    if (!isRecord(d[key])) add(key, 'must be an object')
    else choice(`${key}.kind`, d[key].kind, ONE_OF[key])
  }
  if (d.base !== undefined) {
    if (!isRecord(d.base)) add('base', 'must be an object')
    else {
      choice('base.kind', d.base.kind, ONE_OF.base)
      if ('keep' in d.base && !Array.isArray(d.base.keep)) add('base.keep', 'must be a list')
    }
  }
  if (d.threshold === undefined) add('threshold', 'is missing')
  for (const key of ['dimensions', 'further', 'locks', 'requires'] as const) {
    if (d[key] !== undefined && !Array.isArray(d[key])) add(key, 'must be a list')
  }
  if (Array.isArray(d.locks))
    for (const [i, lock] of d.locks.entries()) choice(`locks[${i}]`, lock, ONE_OF.lock)
  faults.push(...triggerFaults(d), ...parameterFaults(d.parameters), ...alsoFaults(d.also))
  if (faults.length === 0) faults.push(...wordFaults(d))
  return faults
}

function triggerFaults(d: Record<string, unknown>): Fault[] {
  if (d.mode !== 'in_process')
    return d.trigger === undefined ? [] : [{ path: 'trigger', reason: 'is for in_process' }]
  if (!isRecord(d.trigger)) return [{ path: 'trigger', reason: 'an in-process indicator needs one' }]
  const faults: Fault[] = []
  const { event, businessKinds, reasons } = d.trigger
  if (!ONE_OF.event.includes(event as never)) faults.push({ path: 'trigger.event', reason: 'is no event' })
  const texts = (list: unknown) => Array.isArray(list) && list.every((item) => typeof item === 'string')
  if (!texts(businessKinds)) faults.push({ path: 'trigger.businessKinds', reason: 'must be a list of codes' })
  if (reasons !== undefined && !texts(reasons))
    faults.push({ path: 'trigger.reasons', reason: 'must be a list of codes' })
  if (d.effect === 'finding')
    faults.push({ path: 'effect', reason: 'in-process indicators prompt or authorise' })
  return faults
}

function parameterFaults(parameters: unknown): Fault[] {
  if (!isRecord(parameters)) return [{ path: 'parameters', reason: 'must be an object' }]
  const faults: Fault[] = []
  for (const [name, spec] of Object.entries(parameters)) {
    const path = `parameters.${name}`
    if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
      faults.push({ path: 'parameters', reason: `${JSON.stringify(name)} is no name` })
    else if (!isRecord(spec)) faults.push({ path, reason: 'must be an object' })
    else {
      const value = spec.default
      const sound =
        value === null ||
        typeof value === 'string' ||
        (typeof value === 'number' && Number.isFinite(value)) ||
        (Array.isArray(value) && value.every((item) => typeof item === 'string'))
      if (!sound)
        faults.push({ path: `${path}.default`, reason: 'must be a number, a text, a list of texts or null' })
      if (typeof spec.titleZh !== 'string') faults.push({ path: `${path}.titleZh`, reason: 'must be a text' })
    }
  }
  return faults
}

function alsoFaults(also: unknown): Fault[] {
  if (also === undefined) return []
  if (!isRecord(also)) return [{ path: 'also', reason: 'must be an object' }]
  const faults: Fault[] = []
  if (also.how !== 'either' && also.how !== 'both')
    faults.push({ path: 'also.how', reason: 'must be either or both' })
  if (!ONE_OF.comparison.includes(also.comparison as never))
    faults.push({ path: 'also.comparison', reason: 'is no comparison' })
  if (also.threshold === undefined) faults.push({ path: 'also.threshold', reason: 'is missing' })
  return faults
}

/** Placeholders of the explanation must mean something. */
function wordFaults(d: Record<string, unknown>): Fault[] {
  const parameters = Object.keys(d.parameters as object)
  const dimensions = ((d.dimensions as Array<{ name?: string }> | undefined) ?? []).map(
    (dimension) => dimension?.name,
  )
  const measure = d.measure as {
    numerator?: { parts?: Array<{ name?: string }> }
    of?: { parts?: Array<{ name?: string }> }
  }
  const parts = (measure.numerator?.parts ?? measure.of?.parts ?? []).map((part) => part?.name)
  const faults: Fault[] = []
  for (const [, token] of (d.explanation as string).matchAll(/\{([^}]*)\}/g)) {
    const known =
      TOKENS.has(token!) ||
      (token!.startsWith('H:') && TOKENS.has(token!.slice(2))) ||
      (token!.startsWith('N:') && parts.includes(token!.slice(2))) ||
      (token!.startsWith('P:') && parameters.includes(token!.slice(2))) ||
      (token!.startsWith('D:') && dimensions.includes(token!.slice(2)))
    if (!known) faults.push({ path: 'explanation', reason: `{${token}} means nothing here` })
  }
  return faults
}

/** Refuse a definition whose outer shape is wrong, naming the first fault. */
export function assertShape(definition: unknown): void {
  const [first] = shapeFaults(definition)
  if (first) throw new DefinitionFault(first.path, first.reason)
}
