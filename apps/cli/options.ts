/** What commands share in reading their arguments. A fault is wrong use: exit code 2 with the option's name. */
import { userInfo } from 'node:os'
import { unitsByCode } from '@hengjian/identity'
import { type Actor, newId, type Origin, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { InvalidArgumentError } from 'commander'

/** A whole number from `least` on. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < least)
      throw new InvalidArgumentError(`must be a whole number from ${least} on`)
    return number
  }

/** A day, `2026-03-01`. */
export function day(text: string): string {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text).toString()
  } catch {
    // no such day
  }
  throw new InvalidArgumentError('must be a day, e.g. 2026-03-01')
}

/** Arguments that only the database can judge were wrong. */
export class UsageError extends Error {}

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
