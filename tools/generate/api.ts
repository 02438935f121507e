/** Writes what integrators read: the OpenAPI description, and the list of permissions. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { administrationContract } from '@hengjian/administration/contract'
import { businessContract } from '@hengjian/business/contract'
import { identityContract } from '@hengjian/identity/contract'
import { notificationsContract } from '@hengjian/notifications/contract'
import { openApiOf } from '@hengjian/platform/http'
import { registryContract } from '@hengjian/registry/contract'
import { permissionSources } from '@hengjian/server'
import { supervisionContract } from '@hengjian/supervision/contract'

const FOLDER = 'docs/api'

const spec = await openApiOf({
  identity: identityContract,
  registry: registryContract,
  business: businessContract,
  supervision: supervisionContract,
  administration: administrationContract,
  notifications: notificationsContract,
})
const rows = permissionSources.flatMap(({ name, permissions }) =>
  Object.entries(permissions).map(([code, title]) => `| ${name} | \`${code}\` | ${title} |`),
)
mkdirSync(FOLDER, { recursive: true })
writeFileSync(`${FOLDER}/openapi.json`, `${JSON.stringify(spec, null, 2)}\n`)
writeFileSync(
  `${FOLDER}/permissions.md`,
  `# Permissions\n\nMade from the modules' lists by \`tools/generate/api.ts\`.\n\n| module | permission | 中文 |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
)
