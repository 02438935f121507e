import type { IndicatorDefinition } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, inArray } from 'drizzle-orm'
import type { IndicatorView, supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { isoOrNull, unitNamesFor } from '../present.ts'
import type { ParameterValue } from '../records.ts'
import { parametersOf } from '../rules/parameters.ts'
import { effectiveOf, type Setting, settingsAbove } from '../settings.ts'
import { indicatorSetting } from '../tables.ts'
import { pathsAbove } from '../unit-paths.ts'

/** All indicators with what is in force for a unit. */
export const findIndicators =
  (book: IndicatorBook): Handler<typeof supervisionContract.findIndicators> =>
  async (ctx, input) => {
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    const settings = await settingsAbove(ctx, unitPath)
    const text = input.text?.toLowerCase() ?? ''
    const chosen = book.definitions.filter(
      ({ mode, subject, code, titleZh }) =>
        (input.mode === undefined || mode === input.mode) &&
        (input.subject === undefined || subject === input.subject) &&
        `${code}${titleZh}`.toLowerCase().includes(text),
    )
    const items = chosen.map((definition) => presentIndicator(book, definition, unitPath, settings))
    const states = {
      on: (one: IndicatorView) => one.enabled,
      off: (one: IndicatorView) => !one.enabled,
      set: (one: IndicatorView) => one.settingVersion > 0,
    }
    return { items: input.state ? items.filter(states[input.state]) : items }
  }

/** One indicator with its whole definition, and who set what for the unit and those above it. */
export const getIndicator =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.getIndicator> =>
  async (ctx, input) => {
    const definition = book.definitionOf(input.code)
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    const settings = await settingsAbove(ctx, unitPath, [input.code])
    return {
      ...presentIndicator(book, definition, unitPath, settings),
      definition: JSON.parse(JSON.stringify(definition)) as Record<string, unknown>,
      settings: await historyOf(ctx, ports, input.code, unitPath),
    }
  }

async function historyOf(ctx: RequestContext, ports: SupervisionPorts, code: string, unitPath: string) {
  const rows = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(and(eq(indicatorSetting.code, code), inArray(indicatorSetting.unitPath, pathsAbove(unitPath))))
    .orderBy(desc(indicatorSetting.changedAt), desc(indicatorSetting.id))
  const units = await unitNamesFor(
    ctx,
    ports,
    rows.map((row) => row.unitPath),
  )
  return rows.map((row) => ({
    unitPath: row.unitPath,
    unitName: units.get(row.unitPath) ?? null,
    version: row.revision,
    enabled: row.enabled,
    parameters: row.parameters,
    reason: row.reason,
    changedByName: row.changedByName,
    changedAt: row.changedAt.toISOString(),
    supersededAt: isoOrNull(row.supersededAt),
  }))
}

const plain = (value: ParameterValue) => (typeof value === 'object' && value !== null ? [...value] : value)

/** An indicator with the values that hold for `unitPath`, given the settings of that unit and those above. */
export function presentIndicator(
  book: IndicatorBook,
  definition: IndicatorDefinition,
  unitPath: string,
  settings: readonly Setting[],
): IndicatorView {
  const effective = effectiveOf(definition, settings)
  const own = settings.find((row) => row.code === definition.code && row.unitPath === unitPath)
  return {
    code: definition.code,
    version: book.versionOf(definition.code),
    mode: definition.mode,
    subject: definition.subject,
    title: definition.titleZh,
    sentence: definition.sentence,
    legalBasis: definition.legalBasis ?? null,
    effect: definition.effect,
    event: definition.trigger?.event ?? null,
    businessKinds: [...(definition.trigger?.businessKinds ?? [])],
    schedule: definition.schedule ?? null,
    comparison: definition.comparison,
    unit: definition.unit,
    minimumSample: definition.minimumSample,
    unitPath,
    enabled: effective.enabled,
    enabledFrom: effective.enabledFrom,
    parameters: parametersOf(definition).map((shape) => ({
      ...shape,
      default: plain(shape.default),
      value: plain(effective.parameters.get(shape.name)!.value),
      from: effective.parameters.get(shape.name)!.from,
    })),
    settingVersion: own?.revision ?? 0,
  }
}
