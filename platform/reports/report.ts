/** What a report says, without how it looks: modules make these, `writeReport` puts them on paper. */

/** A value of a cell; null is printed as a dash. */
type ReportCell = string | number | null

export interface ReportColumn {
  readonly title: string
  /** Points (1/72 inch) if the table came out as wide as they say: it is fitted to the page as a whole. */
  readonly width: number
  /** Set for numbers, which stand right: decimals that are always shown. A text in such a column stands right too. */
  readonly digits?: number
  /** A number that says how something changed: led by its sign. */
  readonly signed?: boolean
}

export interface ReportTable {
  readonly columns: readonly ReportColumn[]
  readonly rows: readonly (readonly ReportCell[])[]
}

/** `line`: values over time, null leaves a gap; `bars`: one series, a bar for each category. */
export interface ReportChart {
  readonly shape: 'line' | 'bars'
  readonly unit: string
  readonly categories: readonly string[]
  readonly series: readonly { readonly title: string; readonly values: readonly (number | null)[] }[]
}

export interface ReportSection {
  readonly title: string
  /** What a reader must know before the figures. */
  readonly note?: string
  readonly chart?: ReportChart
  readonly table?: ReportTable
}

export interface Report {
  readonly title: string
  /** What the figures are of: label and value, in the order of reading. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly sections: readonly ReportSection[]
  /** How the figures were counted, said at the end. */
  readonly notes: readonly string[]
  /** It names persons: every page carries who had it made, and when (PLT-53). */
  readonly namesPersons: boolean
  /** Name of the unit of who had it made. */
  readonly exporterUnit: string
}
