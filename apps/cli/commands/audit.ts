/** `hengjian audit verify`: check the whole audit log. */
import { checkpointFileOf, verifyAudit } from '@hengjian/platform/audit'
import type { Command } from 'commander'
import { createProgress } from '../progress.ts'
import { withServices } from '../with-services.ts'

export function defineAudit(command: Command): void {
  command
    .command('verify')
    .description('Check every entry, the chain and its signed checkpoints; exit code 1 names the first fault')
    .option('--json', 'print the result as JSON')
    .action(verify)
}

async function verify({ json = false }: { json?: boolean }): Promise<void> {
  const result = await withServices('audit', async ({ database, cipher, keys, config }) => {
    const progress = createProgress('Audit log', { unit: 'entries', quiet: json })
    try {
      return await verifyAudit({
        database,
        cipher,
        keys,
        checkpointFile: checkpointFileOf(config.dataDir),
        onProgress: progress.update,
      })
    } finally {
      progress.stop()
    }
  })
  if (json) console.log(JSON.stringify(result))
  else if (result.ok) console.log(`The audit log is intact: ${result.checked} sealed entries.`)
  else
    for (const { what, sequence, entryId, message } of result.faults)
      console.error([what, sequence && `#${sequence}`, entryId, message].filter(Boolean).join(' · '))
  if (!result.ok) process.exitCode = 1
}
