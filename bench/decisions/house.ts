/** Units, handlers and the switch of the indicators, through the modules as a running installation has them. */
import { call } from '@hengjian/business/testing'
import { ensureUnits, ensureUsers } from '@hengjian/identity'
import { type Config, parseConfig } from '@hengjian/platform/config'
import { newId, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { generateCity } from '@hengjian/sandbox-city'
import { composeModules, createLog, openServices } from '@hengjian/server'
import { indicatorDefinitions } from '@hengjian/supervision'
import type { Sample } from '../analysis/prepare-data.ts'

const ACTOR = systemActor('benchmark')
const ORIGIN = { requestId: 'benchmark', clientAddress: '' }
const HANDLERS = 10
export const PASSWORD = 'Benchmark-2026-Hj'

/** Names of the handlers, who sit in windows of the larger city. */
export const handlerNames = Array.from({ length: HANDLERS }, (_, i) => `handler${i}`)

/** Work with the modules in this process. */
async function inHouse<T>(
  config: Config,
  work: (house: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const house = await open(config)
  try {
    return await work(house)
  } finally {
    await house.services.close()
  }
}

async function open(config: Config) {
  const services = await openServices(config, { name: 'benchmark', log: createLog(config, 'benchmark') })
  return { services, ...(await composeModules(services)) }
}

/** Make units and handlers. Repeating changes nothing. */
export async function prepareHouse(env: Record<string, string>, sample: Sample): Promise<void> {
  const { reference } = generateCity(sample)
  const windows = reference.units.filter(({ level }) => level === 'window')
  await inHouse(parseConfig(env), ({ services }) =>
    runAs(services, ACTOR, ORIGIN, async (ctx) => {
      await ensureUnits(
        ctx,
        reference.units.map(({ id, code, parent_code, level, name, local_regions }) => ({
          id,
          code,
          parentCode: parent_code,
          level,
          name,
          localRegions: level === 'detachment' ? [...local_regions] : [],
        })),
      )
      await ensureUsers(
        ctx,
        handlerNames.map((userName, i) => ({
          userName,
          name: `经办员${i}`,
          unitCode: windows[i % windows.length]!.code,
          roles: ['handler'],
          scope: 'unit_and_below',
          password: PASSWORD,
          mustChange: false,
        })),
      )
    }),
  )
}

/** Switch all in-process indicators on or off for everyone, as an administrator would. */
export async function switchIndicators(
  env: Record<string, string>,
  sample: Sample,
  enabled: boolean,
): Promise<void> {
  const corps = generateCity(sample).reference.units[0]!
  await inHouse(parseConfig(env), async ({ services, modules }) => {
    const supervision = modules.find(({ name }) => name === 'supervision')!
    const administrator = {
      ...systemActor('benchmark', corps.path),
      id: newId(),
      kind: 'user' as const,
      unitId: corps.id,
      permissions: new Set([
        'supervision.indicator.find',
        'supervision.indicator.update',
        'supervision.indicator.approve',
      ]),
      sessionId: 'benchmark',
      steppedUpAt: new Date(),
    }
    for (const { code, mode } of indicatorDefinitions) {
      if (mode !== 'in_process') continue
      const now = await call(services, supervision, administrator, 'getIndicator', {
        code,
        unitPath: corps.path,
      })
      const changed = await call(services, supervision, administrator, 'updateIndicatorSetting', {
        code,
        unitPath: corps.path,
        enabled,
        parameters: {},
        version: now['settingVersion'],
        reason: '性能测试',
      })
      const waiting = changed['pendingChange'] as { id: string } | null
      if (waiting)
        await call(services, supervision, { ...administrator, id: newId() }, 'approveSettingChange', {
          id: waiting.id,
          opinion: '性能测试',
        })
    }
  })
}
