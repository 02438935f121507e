/**
 * Who may import whom (design: apps → modules → platform, engines). Node's `exports` refuse a deep import by name;
 * this check says the rest, each finding with its reason.
 */
import { dirname } from 'node:path'
import { type Import, readSources, type Sources } from './source-imports.ts'

const isTestFile = (path: string) => /\.test\.tsx?$/.test(path) || /(^|\/)(testing|e2e|bench)\//.test(path)

/** The unit of the house a file belongs to: `engines/sm`, `modules/business`, `platform/db`, `apps/console`. */
const houseOf = (path: string) => path.split('/').slice(0, 2).join('/')
const layerOf = (path: string) => path.split('/')[0] ?? ''

/** What the outside world looks like from a file: an engine sees none of it. */
const OUTSIDE = /^(node:)?(fs|net|http|https|http2|dgram|tls|dns|child_process|cluster|timers)(\/|$)/

/** Layers that a layer's code may import from. */
const BELOW: Record<string, string[]> = {
  engines: ['engines'],
  platform: ['platform', 'engines'],
  modules: ['modules', 'platform', 'engines'],
  sandbox: ['sandbox', 'platform', 'engines', 'modules'],
  apps: ['apps', 'modules', 'platform', 'engines', 'sandbox'],
}

/** Packages whose code runs in a browser, and which contracts may therefore use. */
const CONTRACT_PACKAGES = /^(zod|@orpc\/contract)(\/|$)/

/** Findings, one line each. */
export function checkWalls(sources: Sources = readSources()): string[] {
  const findings: string[] = []
  const tests = testOnly(sources)
  for (const [path, imports] of sources) {
    for (const it of imports) {
      const complaint = complaintAbout(path, it, tests.has(path))
      if (complaint) findings.push(`${path}:${it.line} imports ${it.from}: ${complaint}`)
    }
    if (/^modules\/[^/]+\/contract(\.ts|\/)/.test(path)) findings.push(...checkContract(path, sources))
  }
  return [...new Set(findings), ...findCycles(sources, tests)]
}

/** Test files, and what only they import. */
function testOnly(sources: Sources): Set<string> {
  const importers = new Map<string, Set<string>>()
  for (const [path, imports] of sources) {
    for (const { file } of imports)
      if (file) importers.set(file, (importers.get(file) ?? new Set()).add(path))
  }
  const tests = new Set([...sources.keys()].filter(isTestFile))
  for (let before = -1; before < tests.size; ) {
    before = tests.size
    for (const [file, by] of importers) if (by.isSubsetOf(tests)) tests.add(file)
  }
  return tests
}

function complaintAbout(path: string, { from, file, typeOnly }: Import, isTest: boolean): string | undefined {
  const layer = layerOf(path)
  if (layer === 'engines' && !isTest) {
    if (OUTSIDE.test(from))
      return 'an engine takes bytes or values and gives values: no files, network, processes, clock'
    if (file && houseOf(file) !== houseOf(path)) return 'engines import nothing of ours'
  }
  if (!file) return from.startsWith('@hengjian/') ? 'no such door in that package’s exports' : undefined
  if (from.startsWith('.') && houseOf(file) !== houseOf(path) && BELOW[layer]) {
    return 'another package is imported by its name, through its index.ts'
  }
  if (!isTest && BELOW[layer] && !BELOW[layer].includes(layerOf(file))) {
    return `${layer} may import ${BELOW[layer].join(', ')} only`
  }
  if (!isTest && /\/testing\/|\/testing\.ts$/.test(file) && houseOf(file) !== houseOf(path)) {
    return 'what is made for tests is imported by tests only'
  }
  const fromConsole = houseOf(path) === 'apps/console' && houseOf(file) !== 'apps/console'
  if (fromConsole && !typeOnly && !from.endsWith('/contract')) return 'the console imports only contracts'
  return undefined
}

/** A contract is loaded by the browser: whatever it reaches may use schemas only. */
function checkContract(start: string, sources: Sources): string[] {
  const findings: string[] = []
  const seen = new Set<string>()
  const visit = (path: string, way: string[]) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { from, file, typeOnly } of sources.get(path) ?? []) {
      if (typeOnly) continue
      if (file) visit(file, [...way, file])
      else if (!CONTRACT_PACKAGES.test(from)) {
        findings.push(
          `${start} reaches ${from} (by ${way.join(' → ')}): contracts import only schemas, the browser loads them`,
        )
      }
    }
  }
  visit(start, [start])
  return findings
}

/** Modules, and the folders of platform, form a graph without cycles. Among modules types count: they bind as well. */
function findCycles(sources: Sources, tests: Set<string>): string[] {
  const graph = new Map<string, Set<string>>()
  for (const [path, imports] of sources) {
    const house = houseOf(path)
    if (tests.has(path) || !['modules', 'platform'].includes(layerOf(path)) || dirname(path) === '.') continue
    const targets = graph.get(house) ?? new Set()
    graph.set(house, targets)
    for (const { file, typeOnly } of imports) {
      if (typeOnly && layerOf(path) === 'platform') continue
      if (file && houseOf(file) !== house && ['modules', 'platform'].includes(layerOf(file)))
        targets.add(houseOf(file))
    }
  }
  const cycles = new Map<string, string>()
  const walk = (house: string, way: string[]) => {
    const at = way.indexOf(house)
    if (at >= 0) {
      const cycle = way.slice(at)
      const key = [...cycle].sort().join()
      if (!cycles.has(key)) cycles.set(key, `cycle: ${[...cycle, house].join(' → ')}`)
      return
    }
    for (const next of graph.get(house) ?? []) walk(next, [...way, house])
  }
  for (const house of graph.keys()) walk(house, [])
  return [...cycles.values()]
}

if (import.meta.main) {
  const findings = checkWalls()
  for (const finding of findings) console.log(finding)
  process.exitCode = findings.length > 0 ? 1 : 0
}
