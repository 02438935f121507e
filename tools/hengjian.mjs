#!/usr/bin/env node
/** `npx hengjian …`: the command line under the bundled Node, whatever Node the system has. */
import { run, setup } from './setup.mjs'

process.exit(await run(await setup(), ['apps/cli/index.ts', ...process.argv.slice(2)], { channel: true }))
