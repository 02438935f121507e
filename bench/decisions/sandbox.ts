/** The registers that acceptance asks, in a process of their own so that they do not delay the clients. */
import { startExternalSandbox } from '@hengjian/sandbox-external'

const sandbox = await startExternalSandbox({ port: 0 })
process.on('disconnect', () => process.exit())
process.send!({ url: sandbox.url })
