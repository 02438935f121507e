/** `npm run check`: everything that can be judged without running the product, side by side, each with its time. */
import { spawn } from 'node:child_process'
import { isMain, ROOT, setup } from './setup.mjs'

/** Name and Node arguments of each check, the longest first. */
const CHECKS = [
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.', '--noEmit', '--pretty', 'false']],
  ['dead code', ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints']],
  ['generated files', ['tools/check-generated.ts']],
  [
    'lint and format',
    ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--log-kind=compact', '.'],
  ],
  ['walls', ['tools/check-walls.ts']],
  ['licences', ['tools/check-licences.ts']],
]

/**
 * Runs all checks, two at a time, printing each as it ends.
 * @param {string} node the bundled Node
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(node) {
  const waiting = [...CHECKS]
  const results = []
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await runCheck(node, ...next))
  }
  await Promise.all([worker(), worker()])
  const failed = results.filter((ok) => !ok).length
  return { passed: results.length - failed, failed }
}

async function runCheck(node, name, args) {
  const began = Date.now()
  const { code, output } = await capture(node, args)
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok   ' : 'FAULT'} ${name} (${seconds} s)`)
  if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '      '))
  return code === 0
}

function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

if (isMain(import.meta.url)) {
  const { failed } = await runChecks(await setup())
  process.exit(failed > 0 ? 1 : 0)
}
