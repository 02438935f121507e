/** Background jobs (PLT-31): durable, retried with back-off, scheduled, with progress; and short repeated work. */
export { createJobs, type Jobs, type JobsOptions, type QueueDepth } from './create-jobs.ts'
export { defineJob, handleJob, type JobContext, type JobDefinition, type JobHandler } from './define-job.ts'
export { enqueueJob, JOB_REQUESTED } from './enqueue.ts'
export { type Loop, repeat } from './loop.ts'
export { prune, pruneHandler } from './prune.ts'
export { jobProgress } from './tables.ts'
