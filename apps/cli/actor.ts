/** As whom commands act. */
import { userInfo } from 'node:os'
import { unitsByCode } from '@hengjian/identity'
import { type Actor, newId, type Origin, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { UsageError } from './options.ts'

/** Origin of everything one command does. */
export const commandOrigin = (): Origin => ({ requestId: newId(), clientAddress: 'local' })

/** The audit log names the account of the operating system that ran the command. */
export const commandActor = (): Actor => systemActor(`command line (${userInfo().username})`)

/** Act for a unit and what lies under it. @throws UsageError when there is no unit of this code */
export async function actorForUnit(services: Services, code: string): Promise<Actor> {
  const actor = commandActor()
  const units = await runAs(services, actor, commandOrigin(), unitsByCode)
  const unit = units.get(code)
  if (!unit) throw new UsageError(`there is no unit with the code ${code}`)
  return { ...actor, ...unit, scope: 'unit_and_below' }
}
