/** Errors of registry. */
import { defineErrors } from '@hengjian/platform/errors'

export const registryErrors = defineErrors('registry', {
  unknown_unit: { status: 400, title: '管理机构不存在或已撤销' },
})
