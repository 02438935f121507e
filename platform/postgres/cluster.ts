/** Making the cluster: initdb, the superuser's password, and where the socket goes. */
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnAs, type Workplace } from './run-as.ts'

/** Name of the superuser of the embedded server. */
export const SUPERUSER = 'postgres'

/** Beginning of the names of clusters in the making. */
const DRAFT = 'initdb-'

/** Longest path a Unix socket may have on Linux, in bytes without the closing zero. */
const SOCKET_PATH_LIMIT = 107

/** The superuser's password kept in `home`, made at the first call; readable by us alone. */
export function readOrMakePassword(home: string): string {
  const file = join(home, 'password')
  if (!existsSync(file)) {
    const fresh = `${file}.new`
    writeFileSync(fresh, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
    renameSync(fresh, file)
  }
  return readFileSync(file, 'utf8').trim()
}

/**
 * Creates the cluster `folder/data` where there is none. It is made beside its place and moved there when complete:
 * an initdb that was killed leaves nothing that looks like a database.
 * @throws with initdb's own words when it fails
 */
export async function initialise({ runAs, folder }: Workplace, password: string): Promise<void> {
  if (existsSync(join(folder, 'data'))) return
  clearLeftovers(folder)
  const fresh = join(folder, `${DRAFT}${randomBytes(4).toString('hex')}`)
  const passwordFile = `${fresh}.password`
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (runAs.account) chownSync(passwordFile, runAs.account.uid, runAs.account.gid)
  try {
    await runInitdb({ runAs, folder }, fresh, passwordFile)
    renameSync(fresh, join(folder, 'data'))
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** What a killed start left behind. Its initdb may still be writing there: then the next start clears it. */
function clearLeftovers(folder: string) {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(DRAFT)) continue
    try {
      rmSync(join(folder, name), { recursive: true, force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    }
  }
}

function runInitdb({ runAs, folder }: Workplace, fresh: string, passwordFile: string): Promise<void> {
  const args = [
    ...['-D', fresh, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // one sort order on every machine, and letters beyond ASCII known as letters (trigrams of Chinese text)
    ...['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ]
  const child = spawnAs(runAs, 'initdb', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`PostgreSQL could not make its data folder ${fresh}:\n${output.trim()}`))
    })
  })
}

/** Folder for the Unix socket: that of the cluster, or a short private one where its path would be too long. */
export function chooseSocketDir({ runAs, folder }: Workplace): string {
  const longest = Buffer.byteLength(join(folder, '.s.PGSQL.65535'))
  if (longest <= SOCKET_PATH_LIMIT) return folder
  const short = mkdtempSync(join(tmpdir(), 'hengjian-'))
  if (runAs.account) chownSync(short, runAs.account.uid, runAs.account.gid)
  return short
}
