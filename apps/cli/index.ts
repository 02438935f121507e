#!/usr/bin/env node
/** The `hengjian` command. Exit codes: 0 done, 1 failed, 2 wrong use, 78 wrong configuration. */
import { ConfigError } from '@hengjian/platform/config'
import { KeysError } from '@hengjian/platform/crypto'
import { Problem } from '@hengjian/platform/errors'
import { shutDown } from '@hengjian/platform/process'
import { Command, CommanderError } from 'commander'
import { addAnalyse } from './commands/analyse.ts'
import { addAudit } from './commands/audit.ts'
import { addImport } from './commands/import.ts'
import { addMigrate } from './commands/migrate.ts'
import { addSample } from './commands/sample.ts'
import { addServe } from './commands/serve.ts'
import { addStart } from './commands/start.ts'
import { addUser } from './commands/user.ts'
import { UsageError } from './options.ts'

const program = new Command('hengjian')
  .description('Supervision of public business: facts with evidence, indicators, work with deadlines.')
  .version('0.1.0')
  .showHelpAfterError()
  .exitOverride()

for (const add of [addStart, addServe, addMigrate, addSample, addImport, addAnalyse, addAudit, addUser])
  add(program)

// Whoever read our output may be gone (a closed terminal, `| head`): that must not cut an ordered end short.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

try {
  await program.parseAsync()
} catch (error) {
  const code = exitCodeOf(error)
  // What was opened must not keep a failed command alive.
  if (code === 0) process.exitCode = 0
  else await shutDown('the command failed', code)
}

function exitCodeOf(error: unknown): number {
  // Commander has already said what was wrong, or printed what was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof ConfigError || error instanceof KeysError) {
    console.error(error.message)
    return 78
  }
  if (error instanceof UsageError) {
    console.error(`error: ${error.message}`)
    return 2
  }
  if (error instanceof Problem) {
    console.error([error.message, error.detail].filter(Boolean).join('：'))
    for (const { path, message } of error.issues ?? []) console.error(`  ${path}: ${message}`)
    return error.status === 400 ? 2 : 1
  }
  console.error(
    error instanceof Error
      ? `${error.message}${process.env['DEBUG'] ? `\n${error.stack}` : ''}`
      : String(error),
  )
  return 1
}
