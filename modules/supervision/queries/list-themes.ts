import type { Handler } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import { themeDimensions, themeMeasures, themes } from '../themes/themes.ts'

/** The themes with what they measure and by what they may be divided. */
export const listThemes = (): Handler<typeof supervisionContract.listThemes> => async () => ({
  items: themes.map(({ code, title, measures, dimensions }) => ({
    code,
    title,
    measures: measures.map((key) => {
      const { title, kind, unit } = themeMeasures[key]
      return { key, title, kind, unit }
    }),
    dimensions: dimensions.map((key) => ({ key, title: themeDimensions[key].title })),
  })),
})
