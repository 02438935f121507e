/** Fields of an account as given by an administrator → columns. */
import { checkIdNumber } from '@hengjian/identifiers'
import type { RequestContext } from '@hengjian/platform/context'
import type { Cipher } from '@hengjian/platform/crypto'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { requireReach, type UnitRow } from '../accounts.ts'
import type { PermittedHours } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { unit, type userAccount } from '../tables.ts'

/** Personal and other fields; undefined leaves a column as it is, null clears it. */
export interface AccountFields {
  name?: string | undefined
  staffNumber?: string | null | undefined
  idNumber?: string | null | undefined
  mobile?: string | null | undefined
  validFrom?: string | null | undefined
  validUntil?: string | null | undefined
  permittedAddresses?: string[] | undefined
  permittedHours?: PermittedHours | null | undefined
  oneSessionOnly?: boolean | undefined
}

type Columns = Partial<typeof userAccount.$inferInsert>

/** Columns of the given fields, personal ones encrypted and digested. Fields left out are left out. */
export function columnsOf(cipher: Cipher, fields: AccountFields): Columns {
  const { name, idNumber, mobile } = fields
  const columns: Columns = {
    staffNumber: fields.staffNumber,
    validFrom: fields.validFrom,
    validUntil: fields.validUntil,
    permittedAddresses: fields.permittedAddresses,
    permittedHours: fields.permittedHours,
    oneSessionOnly: fields.oneSessionOnly,
  }
  if (name !== undefined) {
    columns.nameEnc = cipher.encrypt(name)
    columns.nameDigest = cipher.digest('name', name)!
  }
  if (idNumber !== undefined) {
    columns.idNumberEnc = cipher.encrypt(idNumber)
    columns.idDigest = cipher.digest('id_number', idNumber)
  }
  if (mobile !== undefined) {
    columns.mobileEnc = cipher.encrypt(mobile)
    columns.mobileDigest = cipher.digest('mobile', mobile)
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

/** Refuse an identity number that cannot be one, and a validity that ends before it begins. */
export function assertPlausible(fields: AccountFields): void {
  if (fields.idNumber) {
    const check = checkIdNumber(fields.idNumber)
    if (!check.valid)
      throw new Problem(platformErrors.invalid_input, {
        issues: [{ path: 'idNumber', message: check.message }],
      })
  }
  const { validFrom, validUntil } = fields
  if (validFrom && validUntil && validUntil < validFrom) throw new Problem(identityErrors.validity_reversed)
}

/** The active unit an account is put into, which must be in the caller's reach. */
export async function homeUnit(ctx: RequestContext, unitId: string): Promise<UnitRow> {
  const [home] = await ctx.db.select().from(unit).where(eq(unit.id, unitId))
  if (home?.state !== 'active') throw new Problem(identityErrors.unknown_unit)
  requireReach(ctx, home.unitPath)
  return home
}
