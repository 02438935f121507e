/** Is a definition sound? Names every fault of its shape, else the first that compiling meets. */
import type { FactCatalogue } from './catalogue.ts'
import { compileDrilldown } from './compile-drilldown.ts'
import { compileInProcess } from './compile-in-process.ts'
import { compilePostHoc } from './compile-post-hoc.ts'
import { compileProbe } from './compile-probe.ts'
import type { IndicatorDefinition } from './definition.ts'
import { type Fault, shapeFaults } from './definition-shape.ts'
import { DIALECTS } from './dialect.ts'
import { DefinitionFault } from './fault.ts'
import type { PostHocOptions } from './run-options.ts'

const TRIAL = {
  period: { from: '2026-01-01', to: '2026-02-01' },
  localRegions: [{ unitPath: '/', regions: ['00'] }],
} as const

/** Faults of a definition against a catalogue; an empty list says that every statement of it compiles. */
export function checkDefinition(definition: unknown, catalogue: FactCatalogue): Fault[] {
  const faults = shapeFaults(definition)
  if (faults.length > 0) return faults
  try {
    compileAll(definition as IndicatorDefinition, catalogue)
    return []
  } catch (error) {
    if (error instanceof DefinitionFault) return [{ path: error.path, reason: error.reason }]
    // A shape that no rule foresaw, e.g. a number where a list belongs: a fault all the same, never a crash.
    return [{ path: 'definition', reason: error instanceof Error ? error.message : 'cannot be read' }]
  }
}

function compileAll(definition: IndicatorDefinition, catalogue: FactCatalogue) {
  if (definition.mode === 'in_process') {
    compileInProcess([definition], catalogue)
    return
  }
  for (const dialect of DIALECTS) {
    const options: PostHocOptions = { dialect, ...TRIAL }
    compilePostHoc(definition, catalogue, options)
    compileProbe(definition, catalogue, options)
    const group = Object.fromEntries((definition.dimensions ?? []).map((dimension) => [dimension.name, 'x']))
    compileDrilldown(definition, catalogue, options, { period: '2026-01-01', city: '/', ...group })
  }
}
