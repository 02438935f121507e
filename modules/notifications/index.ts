export { createNotificationsModule } from './module.ts'
export { type Message, notify } from './notify.ts'
