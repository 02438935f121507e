/** `hengjian analyse`: judge post-hoc indicators over a period, here and now. */
import { composeModules } from '@hengjian/server'
import {
  type AnalysisRequest,
  indicatorDefinitions,
  type RepeatRequest,
  type RunDetail,
  type Supervision,
} from '@hengjian/supervision'
import { type Command, InvalidArgumentError } from 'commander'
import { actorForUnit, commandActor, commandOrigin } from '../actor.ts'
import { day, UsageError } from '../options.ts'
import { createProgress } from '../progress.ts'
import { withServices } from '../with-services.ts'

type Override = NonNullable<AnalysisRequest['overrides']>[number]
type ParameterValue = NonNullable<Override['parameters']>[string]
type Dimensions = NonNullable<Override['dimensions']>

interface AnalyseOptions {
  from?: string
  to?: string
  extent?: RepeatRequest['extent']
  unit?: string
  dimension?: Map<string, Dimensions>
  set?: Map<string, Record<string, ParameterValue>>
  window?: Map<string, NonNullable<Override['window']>>
  explain?: boolean
  json?: boolean
}

const POST_HOC = indicatorDefinitions.filter(({ mode }) => mode === 'post_hoc').map(({ code }) => code)

export function defineAnalyse(command: Command): void {
  command
    .argument('[codes...]', 'codes of indicators, e.g. V8.7 (default: all post-hoc ones)')
    .option('--from <day>', 'first day', day)
    .option('--to <day>', 'last day, inclusive', day)
    .option(
      '--extent <extent>',
      "all indicators, each day or month apart as by schedule: 'changed' where facts came since the last time, 'all' of the period",
      extent,
    )
    .option('--unit <code>', 'this unit and what lies under it (default: everything)')
    .option('--dimension <code=columns>', 'group by other columns, e.g. V8.7=model', dimension)
    .option('--set <code.parameter=value>', 'another value of a parameter, e.g. V8.7.F1_age_years=10', set)
    .option('--window <code=window>', 'judge by day, month or period instead, e.g. V8.7=period', window)
    .option(
      '--explain',
      'judge nothing; print what the indicators share and which read the facts by themselves',
    )
    .option('--json', 'print the run (or the explanation) as JSON')
    .action(run)
}

async function run(given: string[], options: AnalyseOptions): Promise<void> {
  if (options.explain) return explain(given, options)
  const request = options.extent ? repeatOf(given, options, options.extent) : requestOf(given, options)
  const done = await withServices('analyse', async (services) => {
    const actor = options.unit ? await actorForUnit(services, options.unit) : commandActor()
    const house = await composeModules(services)
    // What commands recorded a moment ago counts too, also where no worker runs.
    await services.lake.follow()
    const progress = createProgress('Analysis', { unit: 'indicators', quiet: options.json ?? false })
    try {
      const detail = await house.supervision.analyse(services, actor, commandOrigin(), request, {
        progress: async (at, total) => progress.update(at, total),
      })
      progress.update(detail.done, detail.total)
      return detail
    } finally {
      progress.stop()
      await house.close()
    }
  })
  console.log(options.json ? JSON.stringify(done) : tableOf(done))
  if (done.state !== 'done') process.exitCode = 1
}

async function explain(given: string[], options: AnalyseOptions): Promise<void> {
  if (options.extent) throw new UsageError('--explain is about chosen indicators: leave --extent out')
  const request = requestOf(given, options)
  const plan = await withServices('analyse', async (services) => {
    const actor = options.unit ? await actorForUnit(services, options.unit) : commandActor()
    const house = await composeModules(services)
    try {
      return await house.supervision.explain(services, actor, commandOrigin(), request)
    } finally {
      await house.close()
    }
  })
  console.log(options.json ? JSON.stringify(plan) : planOf(plan))
}

function planOf({ codes, tables, statements }: Awaited<ReturnType<Supervision['explain']>>): string {
  const shared = tables.flatMap(({ name, fact, by, dimensions, conditions, readers }) => [
    `${name}: rows of ${fact} by ${by}, city, ${dimensions.map((sql) => sql.replaceAll('"', '')).join(', ') || 'nothing else'}; ${conditions} conditions`,
    `  read by ${readers.join(' ')}`,
  ])
  const alone = codes.filter((_, i) => !statements[i]?.reads)
  return [
    `${tables.length} shared ${tables.length === 1 ? 'table' : 'tables'} for ${codes.length - alone.length} of ${codes.length} indicators`,
    ...shared,
    `by themselves: ${alone.join(' ') || 'none'}`,
  ].join('\n')
}

/** Chosen indicators over a period as a whole. */
function requestOf(given: string[], options: AnalyseOptions): AnalysisRequest {
  const { from, to } = options
  if (!from || !to) throw new UsageError('--from and --to are needed, unless --extent changed')
  const codes = given.length > 0 ? given : POST_HOC
  const overrides = overridesOf(options)
  const unknown = [...codes, ...overrides.map(({ code }) => code)].filter((code) => !POST_HOC.includes(code))
  if (unknown.length > 0)
    throw new UsageError(`no post-hoc indicator: ${unknown.join(', ')}\nknown: ${POST_HOC.join(', ')}`)
  return { codes, from, to, overrides }
}

/** What the schedule would judge again: all indicators, with their own dimensions, values and windows. */
function repeatOf(given: string[], options: AnalyseOptions, extent: RepeatRequest['extent']): RepeatRequest {
  if (given.length > 0 || overridesOf(options).length > 0)
    throw new UsageError('--extent judges all indicators as they are: give neither codes nor other values')
  if (extent === 'all' && !(options.from && options.to)) throw new UsageError('--from and --to are needed')
  return { extent, from: options.from, to: options.to }
}

function extent(text: string): RepeatRequest['extent'] {
  if (text !== 'changed' && text !== 'all') throw new InvalidArgumentError('must be changed or all')
  return text
}

function overridesOf(options: AnalyseOptions): Override[] {
  const { dimension: dimensions, set: parameters, window: windows } = options
  const codes = new Set([dimensions, parameters, windows].flatMap((given) => [...(given?.keys() ?? [])]))
  return [...codes].map((code) => ({
    code,
    dimensions: dimensions?.get(code),
    parameters: parameters?.get(code),
    window: windows?.get(code),
  }))
}

/** `code=value`, told apart at the first equals sign. */
function pair(text: string, example: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(`must look like ${example}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

function dimension(text: string, known?: AnalyseOptions['dimension']): AnalyseOptions['dimension'] {
  const [code, columns] = pair(text, 'V8.7=model')
  const fact = factOf(code)
  const dimensions = columns.split(',').map((column) => ({
    name: column.slice(column.lastIndexOf('.') + 1),
    of: column.includes('.') ? column : `${fact}.${column}`,
  }))
  return new Map(known).set(code, dimensions)
}

/** What the indicator counts: columns without a fact are this one's. */
function factOf(code: string): string {
  const source = indicatorDefinitions.find((one) => one.code === code)?.source
  if (!source) throw new InvalidArgumentError(`there is no indicator ${code}`)
  return source.as ?? source.fact
}

function set(text: string, known?: AnalyseOptions['set']): AnalyseOptions['set'] {
  const [name, value] = pair(text, 'V8.7.F1_age_years=10')
  const at = name.lastIndexOf('.')
  if (at < 1) throw new InvalidArgumentError('must look like V8.7.F1_age_years=10')
  const code = name.slice(0, at)
  return new Map(known).set(code, { ...known?.get(code), [name.slice(at + 1)]: parameterIn(value) })
}

/** `10` is a number, `[…]` a list in JSON, anything else text. */
function parameterIn(text: string): ParameterValue {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (!text.startsWith('[')) return text
  try {
    return JSON.parse(text) as string[]
  } catch {
    throw new InvalidArgumentError('is no list in JSON')
  }
}

function window(text: string, known?: AnalyseOptions['window']): AnalyseOptions['window'] {
  const [code, value] = pair(text, 'V8.7=period')
  if (value !== 'day' && value !== 'month' && value !== 'period')
    throw new InvalidArgumentError('must be day, month or period')
  return new Map(known).set(code, value)
}

function tableOf({ results, findings, state, message, extent }: RunDetail): string {
  const daysOf = (one: RunDetail['results'][number]) => (extent === 'chosen' ? '' : ` ${one.from}..${one.to}`)
  const lines = results.map((one) => `${one.code.padEnd(8)}${daysOf(one)} ${outcomeOf(one)}  ${one.title}`)
  return [...lines, `${findings} findings; ${state}${message ? `: ${message}` : ''}.`].join('\n')
}

function outcomeOf(result: RunDetail['results'][number]): string {
  const { outcome, findings, groups, smallSample, cannotJudge, missing, message } = result
  if (outcome === 'missing_fields') return `cannot be computed: fields missing (${missing.join(', ')})`
  if (outcome === 'failed') return `failed: ${message ?? ''}`
  const aside = [
    smallSample > 0 && `${smallSample} with too small a sample`,
    cannotJudge > 0 && `${cannotJudge} without a base`,
    message,
  ].filter(Boolean)
  return `${findings} findings in ${groups} groups${aside.length > 0 ? ` (${aside.join(', ')})` : ''}`
}
