/**
 * Makes a fresh clone ready: packages installed, the bundled Node found. Runs on the system's own Node (20 or newer),
 * so it is plain JavaScript and uses nothing that has to be installed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * True for the file that Node was started with.
 * @param {string} url its import.meta.url
 */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}

/**
 * Installs what is missing and answers with the path of the Node that runs everything else. Where that cannot be
 * done it says why in plain words and ends the process with code 1.
 * @returns {Promise<string>}
 */
export async function setup() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    giveUp(
      `This is Node.js ${process.versions.node}; version 20 or newer is needed to begin: https://nodejs.org`,
    )
  }
  const difference = whatIsMissing()
  if (difference) await install(difference)
  return bundledNode()
}

/** What package-lock.json asks for and node_modules has not, in words; undefined when all is there. */
function whatIsMissing() {
  const installed = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'))
  if (!installed) return 'nothing is installed yet'
  for (const [path, wanted] of Object.entries(packagesOf(join(ROOT, 'package-lock.json')) ?? {})) {
    if (!path.startsWith('node_modules/') || wanted.link || isForOthers(wanted)) continue
    const present = installed[path]
    if (!present && (wanted.optional || wanted.devOptional || wanted.peer)) continue
    if (present?.version !== wanted.version)
      return `${path.slice('node_modules/'.length)} ${wanted.version} is missing`
  }
}

function packagesOf(file) {
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/** Packages of other systems or processors are rightly absent. */
function isForOthers({ os, cpu }) {
  const excludes = (list, own) => list && ![list].flat().includes(own)
  return excludes(os, process.platform) || excludes(cpu, process.arch)
}

async function install(reason) {
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  console.log(`Installing packages (${reason}). This takes a minute or two the first time.`)
  const ticking = setInterval(() => console.log(`  … still installing, ${seconds()} s`), 15_000)
  // Versions are those of package-lock.json. Not `npm ci`: it refuses a lock file that lacks the optional packages of
  // some other system, which a registry may not offer.
  const options = ['--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await npm(['install', ...options])
  clearInterval(ticking)
  if (code !== 0) giveUp(`The packages could not be installed.\n${explain(output)}`)
  console.log(`Packages installed in ${seconds()} s.`)
}

/** npm as it was started, if it was; else the one in PATH. */
function npm(args) {
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  // what an outer npm was told about how much to print is not for the inner one
  const env = { ...process.env, npm_config_loglevel: undefined }
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', (error) =>
      resolve({ code: 1, output: error.code === 'ENOENT' ? NO_NPM : error.message }),
    )
    child.once('close', (code) => resolve({ code, output }))
  })
}

const NO_NPM = 'The program npm was not found. Install Node.js together with npm: https://nodejs.org'

const EXPLANATIONS = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|network/i,
    'npm cannot reach its registry. Check the connection and the proxy (npm config get registry; HTTPS_PROXY), or ' +
      'copy node_modules from a machine that has it.',
  ],
  [/ENOSPC/, 'The disk is full; about 1.5 GB is needed.'],
  [/EACCES|EPERM|EROFS/, 'This user may not write here.'],
]

function explain(output) {
  if (output === NO_NPM) return output
  const words = EXPLANATIONS.find(([pattern]) => pattern.test(output))?.[1]
  const said = output.trim().split('\n').slice(0, 20).join('\n')
  return [words, words ? 'npm said:' : 'npm failed and said:', said].filter(Boolean).join('\n')
}

function bundledNode() {
  const path = join(ROOT, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(path)) return path
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  return giveUp(
    `No Node.js 26 for ${process.platform} ${process.arch} came with the packages. Install Node.js 26 or newer and start again.`,
  )
}

function giveUp(message) {
  console.error(`\n${message}`)
  process.exit(1)
}

/**
 * Runs a program to its end in our place: same terminal, signals handed on, and a channel by which it notices if we
 * are killed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, channel?: boolean }} [options] `channel` only for Node programs
 * @returns {Promise<number>} its exit code
 */
export function run(command, args, { env = {}, channel = false } = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
  })
  const pass = () => child.kill('SIGTERM')
  const handlers = {
    // Ctrl-C reaches the child from the terminal itself, a SIGINT to us alone does not. Our own programs take both.
    SIGINT: channel ? pass : () => {},
    SIGTERM: pass,
    SIGHUP: pass,
  }
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  // npm that is killed tells nobody; whoever it started notices that another process is its parent now
  const parent = process.ppid
  const orphaned = () => process.ppid !== parent && pass()
  const watch = channel && process.env.npm_lifecycle_event ? setInterval(orphaned, 1000) : undefined
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  }).finally(() => {
    clearInterval(watch)
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
  })
}
