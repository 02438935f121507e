export { authorise, callOperation, contextOf, runAs } from './call.ts'
export { defineModule, type Handler, type Handlers, type ModuleManifest } from './module.ts'
export {
  type Authenticator,
  createHttpServer,
  type HttpOptions,
  originOf,
  SESSION_COOKIE,
  setSessionCookie,
} from './server.ts'
