/**
 * Vitest's global setup: names the folder of this run's PostgreSQL, and clears it away at the end. The server itself
 * is started by the first test that asks for a database, so that tests of engines pay nothing.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type KeptDatabase, keptDatabases, stopTestServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of this run's PostgreSQL. */
    testRun: string
  }
}

export default function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'hengjian-test-'))
  project.provide('testRun', folder)
  return async () => {
    if (existsSync(join(folder, 'postgres'))) await stopTestServer(folder)
    const kept = keptDatabases(folder)
    if (kept.length === 0) rmSync(folder, { recursive: true, force: true })
    else tellKept(folder, kept)
  }
}

function tellKept(folder: string, kept: KeptDatabase[]) {
  const lines = kept.map(({ name, file }) => `  ${name}  ${file}`)
  console.error(
    `Databases of failed test files are kept in ${folder}:\n${lines.join('\n')}\n` +
      `To look into them: npx node platform/testing/open-kept.ts ${folder}`,
  )
}
