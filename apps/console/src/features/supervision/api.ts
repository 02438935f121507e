/** Calls of supervision and what they make stale. */
import { supervisionContract } from '@hengjian/supervision/contract'
import { useQueryClient } from '@tanstack/react-query'
import { clientOf } from '../../client.ts'

export const supervision = clientOf(supervisionContract)

const root = ['supervision'] as const
export const supervisionKeys = {
  all: root,
  workbench: [...root, 'workbench'] as const,
  warnings: [...root, 'warnings'] as const,
  authorisations: [...root, 'authorisations'] as const,
  authorisation: (id: string) => [...root, 'authorisation', id] as const,
  indicators: [...root, 'indicators'] as const,
  composed: [...root, 'composed'] as const,
  settingChanges: [...root, 'setting-changes'] as const,
  suppressions: [...root, 'suppressions'] as const,
  runs: [...root, 'runs'] as const,
  run: (id: string) => [...root, 'run', id] as const,
  findings: [...root, 'findings'] as const,
  finding: (id: string) => [...root, 'finding', id] as const,
  cases: [...root, 'cases'] as const,
  case: (id: string) => [...root, 'case', id] as const,
  counts: [...root, 'counts'] as const,
  themes: [...root, 'themes'] as const,
}

export const authorisationQuery = (id: string) => ({
  queryKey: supervisionKeys.authorisation(id),
  queryFn: () => supervision.getAuthorisation({ id }),
})
export const indicatorsQuery = (unitPath?: string, mode?: 'in_process' | 'post_hoc') => ({
  queryKey: [...supervisionKeys.indicators, unitPath ?? '', mode ?? ''],
  queryFn: async () =>
    (await supervision.findIndicators({ ...(unitPath ? { unitPath } : {}), ...(mode ? { mode } : {}) }))
      .items,
  staleTime: 60_000,
})
export const runQuery = (id: string) => ({
  queryKey: supervisionKeys.run(id),
  queryFn: () => supervision.getRun({ id }),
})
export const blocksQuery = {
  queryKey: [...root, 'blocks'] as const,
  queryFn: async () => (await supervision.findBlocks({})).facts,
  staleTime: 600_000,
}
export const composedQuery = (code: string) => ({
  queryKey: [...supervisionKeys.composed, code],
  queryFn: () => supervision.getComposed({ code }),
})
export const backTestQuery = (id: string) => ({
  queryKey: [...root, 'back-test', id] as const,
  queryFn: () => supervision.getBackTest({ id }),
})
export const findingQuery = (id: string) => ({
  queryKey: supervisionKeys.finding(id),
  queryFn: () => supervision.getFinding({ id }),
})
export const caseQuery = (id: string) => ({
  queryKey: supervisionKeys.case(id),
  queryFn: () => supervision.getCase({ id }),
})

/** After a decision everything of supervision may have changed, and the transaction it was about. */
export function useSupervisionMoved() {
  const queries = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: root }),
      queries.invalidateQueries({ queryKey: ['business'] }),
    ])
  }
}
