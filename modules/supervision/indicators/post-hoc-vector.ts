/** The shape of a hand-worked case of a post-hoc indicator. */
import type { PostHocOptions, PostHocRow } from '@hengjian/indicators'
import type { Facts } from './fact-stores.ts'

/** A row by its dimensions' labels joined with `/`, and what of it is worked out by hand. */
export type ExpectedRow = { readonly key: string } & Partial<PostHocRow>

/** One case: rows not listed must not come. */
export interface PostHocVector {
  readonly code: string
  readonly name: string
  readonly facts: Facts
  readonly options?: Partial<PostHocOptions>
  readonly rows: readonly ExpectedRow[]
}

/** A case over the usual period, with the rows it must answer. */
export const vector = (code: string, name: string, facts: Facts, ...rows: ExpectedRow[]): PostHocVector => ({
  code,
  name,
  facts,
  rows,
})
