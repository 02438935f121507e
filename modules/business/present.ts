/** Records as they are shown: the only way out of this module. Personal data is masked unless asked for. */
import { mask } from '@hengjian/identifiers'
import type { RequestContext } from '@hengjian/platform/context'
import { businessKindOf } from './kinds.ts'
import type { person, transaction, vehicle } from './tables.ts'

/** A person, masked unless `unmasked`. */
export function presentPerson(
  ctx: Pick<RequestContext, 'cipher'>,
  row: typeof person.$inferSelect,
  unmasked = false,
) {
  const open = (enc: Buffer | null, kind: 'name' | 'id_number' | 'mobile' | 'address') => {
    const text = ctx.cipher.decrypt(enc)
    return unmasked || (kind === 'name' && row.kind === 'organisation') ? text : mask(kind, text)
  }
  return {
    id: row.id,
    kind: row.kind as 'person' | 'organisation',
    name: open(row.nameEnc, 'name'),
    idNumber: open(row.idNumberEnc, 'id_number'),
    mobile: open(row.mobileEnc, 'mobile'),
    address: open(row.addressEnc, 'address'),
    idRegion: row.idRegion,
    addressRegion: row.addressRegion,
    masked: !unmasked,
  }
}

export function presentVehicle(row: typeof vehicle.$inferSelect) {
  const {
    id,
    plateKind,
    plate,
    vin,
    vehicleType,
    useNature,
    brand,
    model,
    colour,
    firstRegisteredAt,
    status,
    unitPath,
  } = row
  return {
    id,
    plateKind,
    plate,
    vin,
    vehicleType,
    useNature,
    brand,
    model,
    colour,
    firstRegisteredAt,
    status,
    unitPath,
  }
}

/** Names that a list of transactions shows, looked up once for the page. */
export interface Names {
  people: ReadonlyMap<string, string>
  plates: ReadonlyMap<string, string>
  /** Pages of the parties' files that the reader may open, by subject key. */
  links: ReadonlyMap<string, string>
  handlers: ReadonlyMap<string, string>
  units: ReadonlyMap<string, string>
}

export function presentTransaction(row: typeof transaction.$inferSelect, names: Names) {
  const personId = row.personId ?? row.organisationId
  return {
    id: row.id,
    serial: row.serial,
    subjectKind: row.subjectKind,
    businessKind: row.businessKind,
    businessTitle: businessKindOf(row.businessKind)?.title ?? row.businessKind,
    reason: row.reason,
    state: row.state,
    channel: row.channel,
    plate: row.vehicleId ? (names.plates.get(row.vehicleId) ?? null) : null,
    vehicleLink: names.links.get(`vehicle:${row.vehicleId}`) ?? null,
    person: personId ? (names.people.get(personId) ?? null) : null,
    personLink: names.links.get(`person:${personId}`) ?? null,
    handlerId: row.handlerId,
    handler: row.handlerId ? (names.handlers.get(row.handlerId) ?? null) : null,
    unitPath: row.unitPath,
    unit: names.units.get(row.unitPath) ?? null,
    acceptedAt: row.acceptedAt.toISOString(),
    completedAt: row.completedAt?.toISOString() ?? null,
    dueAt: row.dueAt?.toISOString() ?? null,
  }
}
