/** `hengjian sample`: load the sample city with its planted anomalies. */

import { parseConfig } from '@hengjian/platform/config'
import type { Command } from 'commander'
import { wholeNumber } from '../options.ts'
import { createProgress } from '../progress.ts'
import { loadSample } from '../sample/load-sample.ts'

export function defineSample(command: Command): void {
  command
    .option('--vehicles <number>', 'vehicles registered at the end', wholeNumber(100), 20_000)
    .option('--years <number>', 'years of history', wholeNumber(1), 2)
    .option('--seed <number>', 'the same seed gives the same city', wholeNumber(0), 7)
    .option('--json', 'print the result as JSON')
    .action(async (options: { vehicles: number; years: number; seed: number; json?: boolean }) => {
      const progress = createProgress('Sample city', { unit: 'rows', quiet: options.json ?? false })
      const { json, ...city } = options
      const loaded = await loadSample(parseConfig(process.env), { ...city, onProgress: progress.update })
      progress.stop()
      console.log(
        json
          ? JSON.stringify(loaded)
          : `${loaded.rows} rows in ${loaded.seconds.toFixed(1)} s; ground truth: ${loaded.truthFile}`,
      )
    })
}
