import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { findBinaries, repairLinks } from './binaries.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'hengjian-binaries-'))
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', scratch])
  rmSync(scratch, { recursive: true, force: true })
})

/** The installed PostgreSQL as npm unpacks it where install scripts do not run: without its links. */
function unpacked(name: string): string {
  const root = join(scratch, name, 'native')
  cpSync(findBinaries(scratch).root, root, { recursive: true, verbatimSymlinks: true })
  for (const entry of readdirSync(join(root, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(root, 'lib', entry.name))
  }
  return root
}

function version(root: string, program: string, environment: Record<string, string>) {
  const { stdout, stderr } = spawnSync(join(root, 'bin', program), ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  return stdout + stderr
}

test('NFR-9 links that the install script did not make are made at the first start', () => {
  const root = unpacked('writable')
  expect(version(root, 'postgres', {})).toContain('error while loading shared libraries')
  const { environment } = repairLinks(root, join(scratch, 'unused'))
  expect(environment).toEqual({})
  expect(version(root, 'postgres', environment)).toMatch(/^postgres \(PostgreSQL\) \d+/)
  expect(version(root, 'initdb', environment)).toMatch(/^initdb \(PostgreSQL\) \d+/)
})

const asOther =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const read = `require('node:fs').readFileSync(${JSON.stringify(join(REPOSITORY, 'package.json'))})`
const probe = spawnSync('sh', ['-c', 'exec "$@"', 'sh', ...asOther, process.execPath, '-e', read])
if (probe.status !== 0) console.log(`skipped, a read-only package: user 65534 cannot read ${REPOSITORY}`)

test.skipIf(probe.status !== 0)('NFR-9 a read-only package gets its links in the data folder', () => {
  const root = unpacked('read-only')
  const spare = join(scratch, 'spare')
  mkdirSync(spare)
  chmodSync(scratch, 0o755)
  chmodSync(spare, 0o777)
  spawnSync('chmod', ['-R', 'a-w', root])
  const script = `import { repairLinks } from './platform/postgres/binaries.ts'
    console.log(JSON.stringify(repairLinks(${JSON.stringify(root)}, ${JSON.stringify(spare)})))`
  const line = [...asOther, process.execPath, '--input-type=module', '-e', script]
  const { stdout } = spawnSync(line[0]!, line.slice(1), { cwd: REPOSITORY, encoding: 'utf8' })
  const { environment } = JSON.parse(stdout) as { environment: Record<string, string> }
  expect(environment).toEqual({ LD_LIBRARY_PATH: join(spare, 'lib') })
  expect(version(root, 'postgres', environment)).toMatch(/^postgres \(PostgreSQL\) \d+/)
})
