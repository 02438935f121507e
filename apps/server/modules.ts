/** The house: an explicit list of modules, and the ports by which they meet. */
import { type BusinessPorts, createBusinessModule, httpExternalChecks } from '@hengjian/business'
import { businessPermissions } from '@hengjian/business/contract'
import {
  createIdentityModule,
  findUnitsByPath,
  identityPermissionSource,
  localRegionsOf,
  type PermissionSource,
} from '@hengjian/identity'
import type { ModuleManifest } from '@hengjian/platform/http'
import { namesOf, registryModule } from '@hengjian/registry'
import type { AppServices } from './services.ts'

/** Names and permissions of every module but identity's own. */
export const permissionSources: readonly PermissionSource[] = [
  identityPermissionSource,
  registryModule,
  { name: 'business', permissions: businessPermissions },
]

export interface House {
  readonly modules: readonly ModuleManifest[]
}

/** Put the modules together for one process. */
export async function composeModules(services: AppServices): Promise<House> {
  const { config, log } = services
  const business: BusinessPorts = {
    guards: [],
    externalChecks: config.externalChecksUrl
      ? httpExternalChecks({
          baseUrl: config.externalChecksUrl,
          onFailure: (kind, error) => log.warn({ kind, err: error }, 'external check failed'),
        })
      : null,
    localRegionsOf,
    namesOf,
    unitNamesOf: async (ctx, paths) =>
      new Map([...(await findUnitsByPath(ctx, paths))].map(([path, unit]) => [path, unit.name])),
    calendarOf: async () => ({ isWorkingDay: (day) => day.dayOfWeek <= 5 }),
    warningsOf: async () => ({ warnings: [], authorisationId: null }),
    onWithdrawn: async () => {},
  }
  return {
    modules: [
      createIdentityModule({
        otherModules: permissionSources.filter((one) => one !== identityPermissionSource),
      }),
      registryModule,
      createBusinessModule(business),
    ],
  }
}
