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
import { heldSecondThreshold } from '../rules/second-threshold.ts'
import { boundsOn, heldSettings, strictnessOf } from '../rules/strictness.ts'
import { secondThresholdsAbove } from '../second-thresholds.ts'
import { effectiveOf, type Setting, settingsAbove } from '../settings.ts'
import { indicatorSetting } from '../tables.ts'
import { liesUnder, pathsAbove } from '../unit-paths.ts'
import { openChangesOf, type SettingChange } from './find-setting-changes.ts'

/** All indicators with what is in force for a unit. */
export const findIndicators =
  (book: IndicatorBook): Handler<typeof supervisionContract.findIndicators> =>
  async (ctx, input) => {
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    const settings = await settingsAbove(ctx, unitPath)
    const text = input.text?.toLowerCase() ?? ''
    const chosen = book.definitions.filter(
      ({ mode, subject, code, titleZh }) =>
        liesUnder(unitPath, book.composed(code)?.unitPath ?? '/') &&
        (input.mode === undefined || mode === input.mode) &&
        (input.subject === undefined || subject === input.subject) &&
        `${code}${titleZh}`.toLowerCase().includes(text),
    )
    const open = await openChangesOf(ctx, unitPath)
    const items = chosen.map((definition) => presentIndicator(book, definition, unitPath, settings, open))
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
      ...presentIndicator(
        book,
        definition,
        unitPath,
        settings,
        await openChangesOf(ctx, unitPath, [input.code]),
      ),
      definition: JSON.parse(JSON.stringify(definition)) as Record<string, unknown>,
      settings: await historyOf(ctx, ports, input.code, unitPath),
      secondThreshold: await secondThresholdOf(ctx, definition, unitPath, settings),
    }
  }

async function secondThresholdOf(
  ctx: RequestContext,
  { code, comparison }: IndicatorDefinition,
  unitPath: string,
  settings: readonly Setting[],
) {
  const rows = await secondThresholdsAbove(ctx, code, unitPath)
  const held = heldSecondThreshold(comparison, rows, settings)
  return held && { value: held.value, from: held.unitPath }
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
    tightenOnly: row.tightenOnly ?? [],
    reason: row.reason,
    changedByName: row.changedByName,
    approvedByName: row.approvedByName,
    changedAt: row.changedAt.toISOString(),
    supersededAt: isoOrNull(row.supersededAt),
  }))
}

const numberOrNull = (value: ParameterValue | undefined) => (typeof value === 'number' ? value : null)

const plain = (value: ParameterValue) => (typeof value === 'object' && value !== null ? [...value] : value)

/**
 * An indicator with the values that hold for `unitPath`, given the settings of that unit and those above, and the changes
 * of the unit's settings that wait for a second person.
 */
export function presentIndicator(
  book: IndicatorBook,
  definition: IndicatorDefinition,
  unitPath: string,
  settings: readonly Setting[],
  openChanges: readonly SettingChange[],
): IndicatorView {
  const open = openChanges.find((row) => row.code === definition.code)
  const sides = strictnessOf(definition)
  const bounds = boundsOn(definition, unitPath, heldSettings(definition, settings))
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
    enabled: effective.enabled && (book.composed(definition.code)?.switchedOn ?? true),
    enabledFrom: effective.enabledFrom,
    parameters: parametersOf(definition).map((shape) => ({
      ...shape,
      default: plain(shape.default),
      value: plain(effective.parameters.get(shape.name)!.value),
      from: effective.parameters.get(shape.name)!.from,
      stricter: sides.get(shape.name) ?? null,
      tightenOnly: own?.tightenOnly?.includes(shape.name) ?? false,
      bound: bounds.get(shape.name)?.unitPath ?? null,
      boundValue: numberOrNull(bounds.get(shape.name)?.value),
    })),
    settingVersion: own?.revision ?? 0,
    pendingChange: open
      ? { id: open.id, proposedByName: open.proposedByName, proposedAt: open.proposedAt.toISOString() }
      : null,
  }
}
