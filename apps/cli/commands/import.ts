/** `hengjian import`: bring a file of facts in. */
import { existsSync, readFileSync } from 'node:fs'
import {
  type FactName,
  factCatalogue,
  fileOnDisk,
  type ImportResult,
  importFile,
  type Mapping,
  parseMapping,
  shippedMappings,
} from '@hengjian/business'
import { createCipherPool } from '@hengjian/platform/crypto'
import { onShutdown } from '@hengjian/platform/process'
import { importPorts } from '@hengjian/server'
import type { Command } from 'commander'
import { actorForUnit, commandOrigin } from '../actor.ts'
import { UsageError } from '../options.ts'
import { createProgress } from '../progress.ts'
import { withServices } from '../with-services.ts'

interface ImportCommandOptions {
  map: string
  unit: string
  json?: boolean
}

export function defineImport(command: Command): void {
  command
    .argument('<fact>', 'kind of fact, e.g. inspection')
    .argument('<file>', 'the file')
    .requiredOption('--map <mapping>', 'a mapping file, or the name of one that comes with the program')
    .requiredOption('--unit <code>', 'unit the rows belong to, unless the mapping finds it in the file')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', () => `\nMappings that come with the program:\n${listOfMappings()}`)
    .action(run)
}

const listOfMappings = (): string =>
  [...shippedMappings().values()]
    .filter(({ source }) => source !== 'native')
    .map(({ name, fact, title }) => `  ${name}  (${fact}) ${title}`)
    .join('\n')
    .concat('\n  native-<fact>  a file whose columns are named as the fact’s own')

async function run(fact: string, path: string, options: ImportCommandOptions): Promise<void> {
  const mapping = mappingFor(fact, options.map)
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`)
  const result = await withServices('import', async (services) => {
    const actor = await actorForUnit(services, options.unit)
    const progress = createProgress('Import', { unit: 'bytes', quiet: options.json ?? false })
    const cipherPool = createCipherPool({ keysFile: services.keys.file, workers: 1 })
    const stopping = new AbortController()
    const forget = onShutdown('import', () => stopping.abort())
    try {
      return await importFile({
        services,
        lake: services.lake,
        actor,
        origin: commandOrigin(),
        ports: importPorts,
        file: await fileOnDisk(path),
        mapping,
        cipherPool,
        signal: stopping.signal,
        onProgress: ({ bytesRead, fileBytes }) => progress.update(bytesRead, fileBytes),
      })
    } finally {
      forget()
      progress.stop()
      await cipherPool.close()
    }
  })
  console.log(options.json ? JSON.stringify(result) : sentenceOf(result))
}

/** The mapping by name or path. @throws UsageError when there is none or it is for another fact */
function mappingFor(fact: string, given: string): Mapping {
  if (!factCatalogue[fact]?.scoped)
    throw new UsageError(`there is no fact "${fact}"; known: ${namesOfFacts().join(', ')}`)
  const mapping = shippedMappings().get(given) ?? mappingInFile(given)
  if (mapping.fact !== fact)
    throw new UsageError(`the mapping ${mapping.name} makes facts "${mapping.fact}", not "${fact}"`)
  return mapping
}

function mappingInFile(path: string): Mapping {
  if (!existsSync(path)) throw new UsageError(`there is no mapping ${path}: neither a file nor a known name`)
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}`)
  }
  return parseMapping(json)
}

const namesOfFacts = (): FactName[] =>
  Object.values(factCatalogue)
    .filter(({ scoped }) => scoped)
    .map(({ name }) => name as FactName)

const sentenceOf = ({ records, inserted, skipped, rejected, factsPerSecond, rejectsPath }: ImportResult) =>
  [
    `${records} records: ${inserted} facts new, ${skipped} there already, ${rejected} records rejected; ${factsPerSecond} facts/s.`,
    ...(rejected > 0 ? [`Rejected records, with line and reason: ${rejectsPath}`] : []),
  ].join('\n')
