/**
 * Trino beside the other two engines: starts a real single-node Trino and asks it all hand-worked cases of the post-hoc
 * indicators, the facts brought along in each statement; its answers must be DuckDB's.
 *
 *   node tools/trino.mjs                  download once, start, ask all cases, stop
 *   node tools/trino.mjs V2.1             only cases whose title contains this
 *   node tools/trino.mjs --serve          start and stay, the address on standard output
 *   TRINO_URL=http://… node tools/trino.mjs   ask that coordinator instead of starting one
 *
 * The server is put together from the packages that Trino publishes on Maven Central (`io.trino:trino-main` with what it
 * needs: 150 MB downloaded, 90 MB kept), because the whole server's archive with every connector has a gigabyte. Needs
 * `mvn` and a JDK; 435 is the last release for Java 17. Neither installation nor the tests call this.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, run, setup } from './setup.mjs'

const VERSION = '435'
const LIBRARIES = join(process.env.TRINO_CACHE ?? join(ROOT, 'bench', '.cache', 'trino'), VERSION)
/** A server that has not answered after this long never will. */
const START_MS = 180_000

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>trino</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>io.trino</groupId><artifactId>trino-main</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`
/** The published launcher is a script around this one call. */
const LAUNCHER = `public class Launcher {
  public static void main(String[] version) { new io.trino.server.Server().start(version[0]); }
}
`

const serve = process.argv.includes('--serve')
const cases = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const given = process.env.TRINO_URL
const server = given ? { url: given, stop() {} } : await start()
process.once('SIGINT', () => server.stop())
process.once('SIGTERM', () => server.stop())
if (serve) console.log(server.url)
else {
  try {
    process.exitCode = await ask(server.url)
  } finally {
    server.stop()
  }
}

/** Runs the cases; answers the exit code. */
async function ask(url) {
  const node = await setup()
  const only = cases.length > 0 ? ['--testNamePattern', cases.join('|')] : []
  return run(node, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=verbose', ...only], {
    env: { TEST_SET: 'trino', TRINO_URL: url },
  })
}

/** A server on a free port of this machine, once it takes statements. */
async function start() {
  if (!existsSync(LIBRARIES)) download()
  const folder = mkdtempSync(join(tmpdir(), 'trino-'))
  const url = `http://127.0.0.1:${await freePort()}`
  configure(folder, url)
  const options = ['-Xmx1200m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dconfig=config.properties']
  const classes = ['-cp', join(LIBRARIES, '*'), 'Launcher.java', VERSION]
  const log = join(folder, 'log')
  const output = openSync(log, 'w')
  const java = spawn('java', [...options, ...classes], { cwd: folder, stdio: ['ignore', output, output] })
  const stop = () => {
    java.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  java.once('error', (error) => console.error(`java: ${error.message}`))
  for (const until = Date.now() + START_MS; Date.now() < until && java.exitCode === null; ) {
    if (await isReady(url)) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const words = readFileSync(log, 'utf8').trim().split('\n').slice(-20).join('\n')
  stop()
  throw new Error(`Trino did not start:\n${words}`)
}

async function isReady(url) {
  const answer = await fetch(`${url}/v1/info`).catch(() => undefined)
  return answer?.ok === true && (await answer.json()).starting === false
}

/** One node that is its own coordinator, small, listening on this machine only. */
function configure(folder, url) {
  mkdirSync(join(folder, 'plugin'))
  mkdirSync(join(folder, 'etc', 'catalog'), { recursive: true })
  writeFileSync(join(folder, 'Launcher.java'), LAUNCHER)
  const settings = {
    'node.environment': 'test',
    'node.id': 'one',
    'node.internal-address': '127.0.0.1',
    'node.bind-ip': '127.0.0.1',
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': new URL(url).port,
    'discovery.uri': url,
    'task.concurrency': '1',
    'query.max-memory-per-node': '300MB',
    'memory.heap-headroom-per-node': '200MB',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(folder, 'config.properties'), lines.join(''))
}

function download() {
  console.error(`Fetching Trino ${VERSION} with mvn (once, 150 MB) …`)
  const folder = `${LIBRARIES}.part`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'pom.xml'), POM)
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
  const { status, error } = spawnSync(
    'mvn',
    ['-B', '-q', plugin, '-DincludeScope=runtime', `-DoutputDirectory=${folder}/lib`],
    { cwd: folder, stdio: ['ignore', 2, 2] },
  )
  if (status !== 0) throw new Error(`mvn could not fetch Trino${error ? `: ${error.message}` : ''}`)
  renameSync(join(folder, 'lib'), LIBRARIES)
  rmSync(folder, { recursive: true, force: true })
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
