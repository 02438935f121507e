/** What imports need from other modules; the composition root fills them. */
import type { RequestContext } from '@hengjian/platform/context'

/** An institution that a file names and nobody has filed. */
export interface NewInstitution {
  readonly id: string
  /** inspection_station, exam_site, driving_school, … */
  readonly kind: string
  readonly name: string
  readonly unitPath: string
  /** Source of the import. */
  readonly source: string
}

/** Units and institutions by the names that files use. */
export interface ImportPorts {
  /** Ids of the institutions of a kind within the caller's scope, by name. */
  institutionsOf(ctx: RequestContext, kind: string): Promise<ReadonlyMap<string, string>>
  /** Make institutions; those whose id exists are left alone. */
  createInstitutions(ctx: RequestContext, institutions: readonly NewInstitution[]): Promise<void>
  /** Units within the caller's scope by code. */
  unitsByCode(ctx: RequestContext): Promise<ReadonlyMap<string, { unitId: string; unitPath: string }>>
}
