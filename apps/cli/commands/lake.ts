/** `hengjian lake`: the analytical copy of the facts against PostgreSQL, and made anew from it. */
import { runAs } from '@hengjian/platform/http'
import type { Lake } from '@hengjian/platform/lake'
import type { Command } from 'commander'
import { commandActor, commandOrigin } from '../actor.ts'
import { UsageError } from '../options.ts'
import { createProgress } from '../progress.ts'
import { withServices } from '../with-services.ts'

interface LakeOptions {
  fact?: string[]
  json?: boolean
}

export function defineLake(lake: Command): void {
  lake
    .command('rebuild')
    .description(
      'Write lost or damaged files anew from PostgreSQL, also while the server runs. A stopped one goes on.',
    )
    .option('--fact <name...>', 'these facts only')
    .option('--json', 'print the result as JSON')
    .action(rebuild)
  lake
    .command('verify')
    .description(
      'Check files, and counts and sums by month against PostgreSQL; exit code 1 names what differs',
    )
    .option('--fact <name...>', 'counts and sums of these facts only')
    .option('--json', 'print the result as JSON')
    .action(verify)
}

async function rebuild({ fact: facts, json = false }: LakeOptions): Promise<void> {
  const began = performance.now()
  const rebuilt = await withServices('lake', async (services) => {
    const named = namedFacts(services.lake, facts)
    const progress = createProgress('Lake', { unit: 'rows', quiet: json })
    try {
      const done = await services.lake.rebuild({
        ...named,
        onProgress: ({ done, total }) => progress.update(done, total),
      })
      // what is recorded meanwhile was left to the follower
      await services.lake.follow()
      await runAs(services, commandActor(), commandOrigin(), (ctx) =>
        ctx.audit.record({ action: 'lake.rebuild', after: { facts: done } }),
      )
      return done
    } finally {
      progress.stop()
    }
  })
  const seconds = Math.round(performance.now() - began) / 1000
  if (json) console.log(JSON.stringify({ facts: rebuilt, seconds }))
  else {
    for (const { fact, rows, files, portions, resumed } of rebuilt)
      console.log(
        `${fact.padEnd(18)} ${rows} rows in ${files} files${resumed > 0 ? `; ${resumed} of ${portions} portions were done before` : ''}`,
      )
    console.log(`The lake is rebuilt (${seconds.toFixed(1)} s).`)
  }
}

async function verify({ fact: facts, json = false }: LakeOptions): Promise<void> {
  const { faults, ...compared } = await withServices('lake', async ({ lake }) => {
    const named = namedFacts(lake, facts)
    await lake.follow()
    const faults = await lake.verify()
    // a comparison must read every file
    if (faults.some(({ fault }) => fault === 'missing'))
      return { faults, rows: 0, months: 0, differences: [] }
    const progress = createProgress('Lake', { unit: 'facts', quiet: json })
    try {
      return {
        faults,
        ...(await lake.compare({ ...named, onFact: (_fact, at, of) => progress.update(at, of) })),
      }
    } finally {
      progress.stop()
    }
  })
  const ok = faults.length === 0 && compared.differences.length === 0
  if (json) console.log(JSON.stringify({ ok, faults, ...compared }))
  else if (ok)
    console.log(
      `The lake is intact: ${compared.rows} rows in ${compared.months} months of facts, as in PostgreSQL.`,
    )
  else {
    for (const { path, fault } of faults) console.error(`${path} · ${fault}`)
    for (const { fact, month, what, lake, postgres } of compared.differences)
      console.error(
        `${fact} ${month} · ${what} · lake ${lake ?? 'nothing'}, PostgreSQL ${postgres ?? 'nothing'}`,
      )
    console.error('"hengjian lake rebuild" writes the lake anew from PostgreSQL.')
  }
  if (!ok) process.exitCode = 1
}

/** @throws UsageError for a name that is no fact of the lake */
function namedFacts(lake: Lake, names: string[] | undefined): { facts?: string[] } {
  const unknown = names?.find((name) => !lake.facts.includes(name))
  if (unknown) throw new UsageError(`there is no fact "${unknown}"; known: ${lake.facts.join(', ')}`)
  return names ? { facts: names } : {}
}
