/** A fact as it is handed in, and how it becomes a row: identity, version, personal values sealed. */
import { newId } from '@hengjian/platform/context'
import type { Cipher, DigestKind } from '@hengjian/platform/crypto'
import type { PgTable } from 'drizzle-orm/pg-core'
import type * as tables from './tables.ts'

type Tables = typeof tables
/** Fact tables that have a unit and a time, by their name in the database. */
type FactTableByName = {
  [K in keyof Tables as Tables[K] extends PgTable & { sourceKey: unknown }
    ? Tables[K]['_']['name']
    : never]: Tables[K]
}
/** Name of a fact. */
export type FactName = keyof FactTableByName & string
/** Personal values of a person in clear; they are stored encrypted with a digest. */
interface PersonInClear {
  name?: string | null
  idNumber?: string | null
  mobile?: string | null
  address?: string | null
}
/** Values of an amendment in clear; they are stored encrypted. */
interface AmendmentInClear {
  before?: string | null
  after?: string | null
}
type InClear<N> = N extends 'person' ? PersonInClear : N extends 'amendment' ? AmendmentInClear : unknown
/** Division code of the subject's ID number, from which `local` is derived where it is not given; not stored. */
type OfSubject<N> = N extends 'transaction' | 'examination' ? { subjectRegion?: string | null } : unknown

/** One fact, by the property names of `tables.ts`. */
export type FactInput<N extends FactName> = Omit<
  FactTableByName[N]['$inferInsert'],
  'id' | 'source' | 'sourceKey'
> & { id?: string; source?: string; sourceKey?: string } & InClear<N> &
  OfSubject<N>

/** A row with everything but its personal values in place. */
export type CompleteFact = Record<string, unknown> & { id: string; version: number; unitPath: string }

/** A value given in clear, and the columns that take its place. */
export interface ClearValue {
  readonly property: string
  readonly encrypted: string
  /** Property of the digest and the kind of identifier it is made of. */
  readonly digest?: readonly [property: string, kind: DigestKind]
}

const CLEAR_VALUES: Readonly<Record<string, readonly ClearValue[]>> = {
  person: [
    { property: 'name', encrypted: 'nameEnc', digest: ['nameDigest', 'name'] },
    { property: 'idNumber', encrypted: 'idNumberEnc', digest: ['idDigest', 'id_number'] },
    { property: 'mobile', encrypted: 'mobileEnc', digest: ['mobileDigest', 'mobile'] },
    { property: 'address', encrypted: 'addressEnc', digest: ['addressDigest', 'address'] },
  ],
  amendment: [
    { property: 'before', encrypted: 'beforeEnc' },
    { property: 'after', encrypted: 'afterEnc' },
  ],
}

/** Values of a fact that may be given in clear. */
export const clearValuesOf = (fact: string): readonly ClearValue[] => CLEAR_VALUES[fact] ?? []

/** Fill in id, source and version. The argument is not changed. */
export function completeFact(row: object, source: string): CompleteFact {
  const given = row as Record<string, unknown>
  const id = (given['id'] as string | undefined) ?? newId()
  return {
    source,
    sourceKey: id,
    ...given,
    id,
    version: (given['version'] as number | undefined) ?? 1,
    unitPath: given['unitPath'] as string,
  }
}

/** Put ciphertexts and digests in the place of values in clear. Changes and answers `row`. */
export function sealPersonalValues(fact: string, row: CompleteFact, cipher: Cipher): CompleteFact {
  for (const { property, encrypted, digest } of clearValuesOf(fact)) {
    const value = row[property]
    if (value === undefined) continue
    const text = value as string | null
    row[encrypted] = cipher.encrypt(text)
    if (digest) row[digest[0]] = cipher.digest(digest[1], text)
    delete row[property]
  }
  return row
}
