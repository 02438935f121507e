/** `npm start`: from a fresh clone to a running Hengjian. Arguments are handed to `hengjian start`. */
import { run, setup } from './setup.mjs'

const node = await setup()
const built = await run(node, ['tools/build-console.ts'])
if (built !== 0) process.exit(built)
process.exit(await run(node, ['apps/cli/index.ts', 'start', ...process.argv.slice(2)], { channel: true }))
