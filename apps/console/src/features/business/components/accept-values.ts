/** Values of the acceptance form, and the operation's input made of them. */
import type { BusinessKind, business } from '../api.ts'

type Input = Parameters<typeof business.acceptTransaction>[0]

export interface AcceptValues {
  businessKind: string
  reason?: string
  channel: NonNullable<Input['channel']>
  vehicleId?: string
  vehicle?: NonNullable<Input['vehicle']>
  personId?: string
  person?: {
    kind?: 'person' | 'organisation'
    name?: string
    idNumber?: string
    mobile?: string
    address?: string
    addressRegion?: string
  }
  changedFields?: string[]
  changes?: Record<string, { before?: string; after?: string }>
  selectedNumber?: string
  licenceClass?: string
  issuingCountry?: string
  permitNumber?: string
  newMobile?: string
  agentId?: string
}

/** What the kind does not ask is not sent, even if an earlier choice left it in the form. */
export function inputOf(values: AcceptValues, kind: BusinessKind, requestId: string): Input {
  const { person, vehicle } = values
  const text = (value: string | undefined): string | undefined => value?.trim() || undefined
  return compact({
    requestId,
    businessKind: kind.code,
    reason: kind.reasons.length > 0 ? values.reason : undefined,
    channel: values.channel,
    vehicleId: kind.subjectKind === 'vehicle' && kind.makes !== 'vehicle' ? values.vehicleId : undefined,
    vehicle:
      kind.makes === 'vehicle' && vehicle
        ? (compact({ ...vehicle }) as NonNullable<Input['vehicle']>)
        : undefined,
    personId: values.personId,
    person:
      !values.personId && person?.idNumber
        ? (compact({
            kind: person.kind,
            name: text(person.name),
            idNumber: text(person.idNumber),
            mobile: text(person.mobile),
            address: text(person.address),
            addressRegion: text(person.addressRegion),
          }) as NonNullable<Input['person']>)
        : undefined,
    changes: (values.changedFields ?? []).map((field) =>
      compact({
        field,
        before: text(values.changes?.[field]?.before),
        after: text(values.changes?.[field]?.after),
      }),
    ) as NonNullable<Input['changes']>,
    selectedNumber: text(values.selectedNumber),
    licenceClass: values.licenceClass,
    issuingCountry: text(values.issuingCountry)?.toUpperCase(),
    permitNumber: text(values.permitNumber),
    newMobile: text(values.newMobile),
    agentId: kind.agentAllowed ? values.agentId : undefined,
  }) as Input
}

const compact = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined && entry !== '')) as T
