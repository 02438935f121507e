export { authorise, callOperation, contextOf, type Preparable, runAs, withPreparation } from './call.ts'
export { claimRequest } from './claim-request.ts'
export { type ExportColumn, exportInstant, type ReportMaker } from './export-list.ts'
export { defineModule, type Handler, type Handlers, type ModuleManifest } from './module.ts'
export {
  type Authenticator,
  type CallLimits,
  createHttpServer,
  type HttpOptions,
  openApiOf,
  originOf,
  SESSION_COOKIE,
  setSessionCookie,
  shippedLimits,
} from './server.ts'
