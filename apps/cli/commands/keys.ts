/** `hengjian keys`: what keys there are, a new data key, and old values brought under it. Nothing secret is printed. */

import { parseConfig } from '@hengjian/platform/config'
import { fingerprintsOf, keysFileOf, readKeys, rotateDataKey } from '@hengjian/platform/crypto'
import { reencrypt } from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { guardedTables } from '@hengjian/server'
import type { Command } from 'commander'
import { commandActor, commandOrigin } from '../actor.ts'
import { createProgress } from '../progress.ts'
import { withServices } from '../with-services.ts'

interface Options {
  json?: boolean
}

export function defineKeys(command: Command): void {
  command
    .command('list')
    .description('Print the names and fingerprints of all keys')
    .option('--json', 'print the result as JSON')
    .action(list)
  command
    .command('rotate')
    .description('Add a data key: what is written by processes started from now on is encrypted with it')
    .option('--json', 'print the result as JSON')
    .action(rotate)
  command
    .command('reencrypt')
    .description(
      'Bring values of older data keys under the current one. May be stopped and repeated at any time.',
    )
    .option('--json', 'print the result as JSON')
    .action(reencryptAll)
}

function list({ json = false }: Options): void {
  const keys = readKeys(keysFileOf(parseConfig(process.env).dataDir))
  const current = `data key ${keys.dataKeys.current}`
  const lines = [...fingerprintsOf(keys)].map(([name, fingerprint]) => ({
    name,
    fingerprint: fingerprint.toString('hex'),
    current: name === current,
  }))
  if (json) console.log(JSON.stringify(lines))
  else
    for (const line of lines)
      console.log(`${line.name.padEnd(28)}${line.fingerprint}${line.current ? '  encrypts now' : ''}`)
}

async function rotate({ json = false }: Options): Promise<void> {
  const current = await withServices('keys', async (services) => {
    const id = services.keys.dataKeys.current + 1
    // First the record: a key that nobody is named for must not come to be.
    await audit(services, 'platform.rotate-data-key', { id })
    return rotateDataKey(services.config.dataDir).dataKeys.current
  })
  if (json) console.log(JSON.stringify({ current }))
  else
    console.log(
      `Data key ${current} was added. Back up keys.json now, restart all processes, then run "hengjian keys reencrypt".`,
    )
}

async function reencryptAll({ json = false }: Options): Promise<void> {
  const result = await withServices('keys', async (services) => {
    const progress = createProgress('Re-encryption', { unit: 'rows', quiet: json })
    try {
      const done = await reencrypt(services, { guardedTables, onProgress: progress.update })
      await audit(services, 'platform.reencrypt', { rows: done.rows, left: done.left.length })
      return { current: services.keys.dataKeys.current, ...done }
    } finally {
      progress.stop()
    }
  })
  if (json) console.log(JSON.stringify(result))
  else {
    console.log(`${result.rows} rows were brought under data key ${result.current}.`)
    for (const row of result.left) console.error(`left as it is, altered or of an unknown key: ${row}`)
  }
  if (result.left.length > 0) process.exitCode = 1
}

const audit = (services: Parameters<typeof runAs>[0], action: string, after: Record<string, number>) =>
  runAs(services, commandActor(), commandOrigin(), (ctx) => ctx.audit.record({ action, after }))
