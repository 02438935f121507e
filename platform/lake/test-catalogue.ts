/** A catalogue for tests: a few columns of one fact table. */
import type { LakeCatalogue } from './catalogue.ts'

const column = (name: string, type: 'uuid' | 'text' | 'integer' | 'boolean' | 'instant') => ({
  [name]: { name, type },
})

export const testCatalogue: LakeCatalogue = {
  inspection: {
    name: 'inspection',
    scoped: true,
    columns: {
      ...column('id', 'uuid'),
      ...column('occurred_at', 'instant'),
      ...column('unit_path', 'text'),
      ...column('version', 'integer'),
      ...column('model', 'text'),
      ...column('passed', 'boolean'),
    },
  },
}

/** The same before `passed` was added to it. */
export const olderCatalogue: LakeCatalogue = {
  inspection: {
    ...testCatalogue['inspection']!,
    columns: Object.fromEntries(
      Object.entries(testCatalogue['inspection']!.columns).filter(([name]) => name !== 'passed'),
    ),
  },
}
