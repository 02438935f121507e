export { adminUrlOf, ensureEmbeddedDatabase, rolePasswordOf, throughSocket } from './addresses.ts'
export { composeModules, type House, importPorts, permissionSources } from './modules.ts'
export { serve } from './serve.ts'
export { type AppServices, createLog, migrate, openServices } from './services.ts'
