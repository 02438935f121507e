/** Operations of thematic analysis (SUP-11): the themes, their figures, the records behind a figure. */
import { isoDay, isoInstant, operationsOf, pageOf, pageQuery } from '@hengjian/platform/contract'
import { z } from 'zod'
import { supervisionPermissions } from '../permissions.ts'

const operation = operationsOf(supervisionPermissions, '综合监管')
const unitPath = z
  .string()
  .regex(/^\/([0-9A-Za-z_-]+\/)*$/, '不是有效的机构路径')
  .max(400)
const word = z.string().regex(/^[a-z][a-z_]{0,39}$/)
const count = z.number().int()

/** What a question is about; the same for figures and for the records behind them. */
const question = {
  theme: word.describe('Code of a theme'),
  from: isoDay,
  to: isoDay.describe('Last day, inclusive; at most five years after the first'),
  unitPath: unitPath.optional().describe("The caller's own unit unless told; those below it count"),
  where: z
    .array(z.string().regex(/^[a-z][a-z_]{0,39}:.{0,200}$/, '须为“维度:值”'))
    .max(8)
    .optional()
    .describe('`channel:online`: facts of that value only; nothing after the colon: those that have none'),
}

const figure = z.object({
  value: z.number().nullable().describe('null: no data, or nothing to share or average'),
  sample: count.nullable().describe('Facts behind a share or an average; null for a count'),
  mom: z
    .number()
    .nullable()
    .describe('Against the period before: percent, for shares percentage points; null: cannot be compared'),
  yoy: z.number().nullable().describe('Against a year before, likewise'),
})
export type ThemeFigure = z.infer<typeof figure>

const figureRow = z.object({
  key: z.string().describe('Day, unit path, code or id; empty: not recorded'),
  label: z.string(),
  from: isoDay,
  to: isoDay,
  state: z
    .enum(['whole', 'partial', 'missing'])
    .describe('missing: no data were imported; partial: for a part of it, or it is not over'),
  figures: z.record(z.string(), figure).describe('By measure'),
})
export type ThemeFigureRow = z.infer<typeof figureRow>

const record = z.object({
  fact: z.string(),
  id: z.uuid(),
  at: isoInstant.nullable(),
  unitPath: z.string().nullable(),
  unitName: z.string().nullable(),
  label: z.string(),
  link: z.string().nullable(),
  values: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    }),
  ),
})
export type ThemeRecord = z.infer<typeof record>

export const themeOperations = {
  listThemes: operation({
    id: 'supervision.list-themes',
    method: 'GET',
    path: '/themes',
    permission: 'supervision.theme.find',
    summary: '专题分析目录',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          code: z.string(),
          title: z.string(),
          measures: z.array(
            z.object({
              key: z.string(),
              title: z.string(),
              kind: z.enum(['count', 'share', 'average']),
              unit: z.string(),
            }),
          ),
          dimensions: z.array(z.object({ key: z.string(), title: z.string() })),
        }),
      ),
    }),
  }),
  findThemeFigures: operation({
    id: 'supervision.find-theme-figures',
    method: 'GET',
    path: '/theme-figures',
    permission: 'supervision.theme.find',
    summary: '专题分析指标值：按期间、机构或维度，含环比与同比',
    description:
      '按日、周、月时取整日、整周、整月；没有导入数据的期间为 missing，不作零。比率的环比、同比为百分点。',
    exported: { title: '专题分析', report: true },
    input: z.object({
      ...question,
      by: word.default('month').describe('day, week, month, unit, or a dimension of the theme'),
      sort: z
        .string()
        .regex(/^-?[a-z][a-z_]{0,39}$/)
        .optional()
        .describe('Measure that ranks groups, led by - for descending; the largest counts first unless told'),
      limit: z.number().int().min(1).max(1000).default(50).describe('Most groups; periods are never cut'),
    }),
    output: z.object({
      items: z.array(figureRow),
      nextCursor: z.null(),
      total: figureRow.describe('All of the period, groups that are not shown included'),
      groups: count.describe('How many groups there are'),
      dataTo: isoDay.nullable().describe('Last day of which there are data'),
      before: z.object({ from: isoDay, to: isoDay }).describe('What the total and groups are compared with'),
      yearBefore: z.object({ from: isoDay, to: isoDay }),
    }),
  }),
  findThemeRecords: operation({
    id: 'supervision.find-theme-records',
    method: 'GET',
    path: '/theme-records',
    permission: 'supervision.theme.find',
    summary: '专题分析下钻：业务记录',
    exported: { title: '专题分析记录' },
    input: pageQuery.extend(question),
    output: pageOf(record),
  }),
}
