import type { Handler } from '@hengjian/platform/http'
import { defineComposed } from '../composition/define.ts'
import { partiesOf } from '../composition/define-in-process.ts'
import { composableFacts, reachableFields } from '../composition/fields.ts'
import type { supervisionContract } from '../contract.ts'
import { factLabel } from '../labels.ts'

/** Facts and fields that the composer offers. */
export const findBlocks: Handler<typeof supervisionContract.findBlocks> = async () => ({
  facts: composableFacts().map((fact) => ({
    fact,
    title: factLabel(fact),
    parties: partiesOf(fact),
    fields: [...reachableFields(fact).values()].map(({ field, title, type, region, values }) => ({
      field,
      title,
      type,
      region,
      values: [...values],
    })),
  })),
})

/** A composition in words, or what is wrong with it. Saves nothing. */
export const checkComposition: Handler<typeof supervisionContract.checkComposition> = async (
  _ctx,
  { composition },
) => {
  const { definition, faults } = defineComposed('C0', composition)
  return { sentence: definition?.sentence ?? null, faults: [...faults] }
}
