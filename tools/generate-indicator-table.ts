/** Writes the table of shipped indicators into `docs/indicators.md`, between its two markers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { indicatorDefinitions } from '@hengjian/supervision'

type Indicator = (typeof indicatorDefinitions)[number]

const FILE = fileURLToPath(new URL('../docs/indicators.md', import.meta.url))
const BEGIN = '<!-- indicators: begin -->'
const END = '<!-- indicators: end -->'

const EVENTS: Readonly<Record<string, string>> = {
  accept: 'acceptance',
  amendment: 'amendment',
  information_change: 'change of particulars',
  external_check: 'answer of a register',
}

const UNITS: Readonly<Record<Indicator['unit'], string>> = {
  count: 'count',
  percent_share: '%',
  percentage_points: 'percentage points',
  percent_growth: '% growth',
  working_days: 'working days',
  months: 'months',
  minutes: 'minutes',
}

const groupOf = (one: Indicator): string => one.code.split('.')[0]!
const postHoc = indicatorDefinitions.filter((one) => one.mode === 'post_hoc')

/** Groups in the order of the page. */
const groups: readonly (readonly [title: string, belongs: (one: Indicator) => boolean])[] = [
  ['While vehicle business is handled', (one) => one.code.startsWith('0120') || one.code.startsWith('0121')],
  ['While licence business is handled', (one) => one.code.startsWith('022')],
  ...[...new Set(postHoc.map(groupOf))].map(
    (group) => [`Afterwards: ${group}`, (one: Indicator) => groupOf(one) === group] as const,
  ),
]

const cell = (text: string): string => text.replaceAll('|', '\\|')
const shown = (value: unknown): string => (value === null ? 'unset' : [value].flat().join(', '))

function rowOf(one: Indicator): string {
  const parameters = Object.entries(one.parameters).map(
    ([name, { default: value, titleZh }]) => `\`${name}\` = ${shown(value)} (${titleZh})`,
  )
  const when = one.trigger ? (EVENTS[one.trigger.event] ?? one.trigger.event) : (one.schedule ?? 'on demand')
  const cells = [
    one.code,
    one.titleZh,
    one.sentence,
    when,
    one.effect,
    `${one.comparison} ${UNITS[one.unit]}`,
    parameters.join('<br>') || '—',
    String(one.minimumSample),
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

const HEADER = `| code | title | sentence | when | effect | test | parameters and defaults | minimum sample |
| --- | --- | --- | --- | --- | --- | --- | --- |`

const left = new Set(indicatorDefinitions)
const sections = groups.map(([title, belongs]) => {
  const members = indicatorDefinitions.filter(belongs)
  for (const one of members) left.delete(one)
  return `### ${title} (${members.length})\n\n${HEADER}\n${members.map(rowOf).join('\n')}`
})
if (left.size > 0) throw new Error(`no group for ${[...left].map(({ code }) => code).join(', ')}`)

const page = readFileSync(FILE, 'utf8')
const begin = page.indexOf(BEGIN)
const end = page.indexOf(END)
if (begin < 0 || end < begin) throw new Error(`${FILE} lacks the lines ${BEGIN} and ${END}`)
writeFileSync(
  FILE,
  `${page.slice(0, begin + BEGIN.length)}\n\n${indicatorDefinitions.length} indicators.\n\n${sections.join('\n\n')}\n\n${page.slice(end)}`,
)
