/** How a failed command ends: what went wrong in words, and the exit code. */
import { ConfigError } from '@hengjian/platform/config'
import { KeysError } from '@hengjian/platform/crypto'
import { Problem } from '@hengjian/platform/errors'
import { shutDown } from '@hengjian/platform/process'
import { CommanderError } from 'commander'
import { UsageError } from './options.ts'

/** Say what was wrong and end the process: what was opened must not keep a failed command alive. */
export const fail = (error: unknown): Promise<void> => shutDown('the command failed', exitCodeOf(error))

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return 2
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
