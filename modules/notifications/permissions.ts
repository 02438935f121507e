/** The inbox is personal: every signed-in user has one, nobody reads another's. */
export const notificationsPermissions = {} as const
