#!/usr/bin/env node
/**
 * The `hengjian` command. Exit codes: 0 done, 1 failed, 2 wrong use, 78 wrong configuration. A command is loaded when it
 * is asked for: most of the time of a small one would else go into reading the others.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { COMMANDS } from './commands.ts'

// Half of a start is reading TypeScript; what was read is kept beside the packages, where that may be written.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/hengjian', import.meta.url)))

const program = new Command('hengjian')
  .description('Supervision of public business: facts with evidence, indicators, work with deadlines.')
  .version('0.1.0')
  .showHelpAfterError()
  .exitOverride()

// Whoever read our output may be gone (`| head`, a closed terminal): that must not cut an ordered end short.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

try {
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(description)
    if (process.argv.includes(name)) (await load())(command)
  }
  await program.parseAsync()
} catch (error) {
  // Commander has already said what was wrong, or printed what was asked for.
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0
  else await (await import('./fail.ts')).fail(error)
}
