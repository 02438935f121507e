/** Operations of imports. Pure schemas: the console imports this file. */
import { isoInstant, operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { businessPermissions } from '../permissions.ts'

const operation = operationsOf(businessPermissions, '数据导入')

export const importState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

/** An import with how far it is. Speed and time left are those of the last batches, null while it does not run. */
export const importView = z.object({
  id: z.uuid(),
  fact: z.string(),
  mappingName: z.string(),
  fileName: z.string(),
  fileBytes: z.number().int(),
  fileScan: z
    .enum(['off', 'own', 'clean', 'unscanned', 'infected'])
    .nullable()
    .describe('What the virus scanner said of the file; null when it did not come by upload'),
  state: importState,
  records: z.number().int().describe('Records of the file done with'),
  bytesRead: z.number().int(),
  inserted: z.number().int().describe('Facts that are new'),
  skipped: z.number().int().describe('Facts that stood already'),
  rejected: z.number().int().describe('Records refused'),
  factsPerSecond: z.number().nullable(),
  remainingSeconds: z.number().nullable(),
  message: z.string().nullable().describe('Why it failed'),
  createdAt: isoInstant,
  startedAt: isoInstant.nullable(),
  finishedAt: isoInstant.nullable(),
})
export type ImportView = z.infer<typeof importView>

const byId = z.object({ id: z.uuid() })

export const importOperations = {
  listMappings: operation({
    id: 'business.list-mappings',
    method: 'GET',
    path: '/import-mappings',
    permission: 'business.import.find',
    summary: '可用的导入映射',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          about: z.string().nullable(),
          fact: z.string(),
          /** Columns that a file must have. */
          columns: z.array(z.string()),
        }),
      ),
    }),
  }),
  startImport: operation({
    id: 'business.start-import',
    method: 'POST',
    path: '/imports',
    permission: 'business.import.create',
    summary: '开始导入已上传的文件',
    description: 'Upload the file first: `PUT /api/uploads?name=…` answers the receipt to give here.',
    status: 202,
    input: z.object({
      upload: z.string().max(2_000).describe('Receipt of the upload'),
      mapping: z
        .union([z.string().max(100), z.record(z.string(), z.unknown())])
        .describe('Name of a shipped mapping, or a mapping'),
    }),
    output: importView,
  }),
  findImports: operation({
    id: 'business.find-imports',
    exported: { title: '数据导入' },
    method: 'GET',
    path: '/imports',
    permission: 'business.import.find',
    summary: '导入记录',
    input: pageQuery.extend({ state: importState.optional(), sort: sortBy('createdAt', 'fileName') }),
    output: pageOf(importView),
  }),
  getImport: operation({
    id: 'business.get-import',
    method: 'GET',
    path: '/imports/{id}',
    permission: 'business.import.find',
    summary: '导入进度',
    input: byId,
    output: importView,
  }),
  cancelImport: operation({
    id: 'business.cancel-import',
    method: 'POST',
    path: '/imports/{id}/cancel',
    permission: 'business.import.create',
    summary: '取消导入',
    description: 'What is committed stays; the batch under way is rolled back.',
    input: byId,
    output: importView,
  }),
  openImportFile: operation({
    id: 'business.open-import-file',
    method: 'POST',
    path: '/imports/{id}/file',
    permission: 'business.import.create',
    summary: '下载导入的原文件',
    description:
      'Answers links that are good for five minutes; `thumbnailUrl` where a small picture was made of an image.',
    input: byId,
    output: z.object({ url: z.string(), thumbnailUrl: z.string().nullable() }),
  }),
  downloadRejects: operation({
    id: 'business.download-rejects',
    method: 'POST',
    path: '/imports/{id}/rejects',
    permission: 'business.import.create',
    summary: '下载被拒绝的记录',
    description: 'Answers a link that is good for five minutes. The file holds the records as they came in.',
    input: byId,
    output: z.object({ url: z.string() }),
  }),
}
