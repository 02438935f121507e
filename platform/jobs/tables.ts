/** How far jobs have come (PLT-31). The jobs themselves are kept by pg-boss in its own schema. */
import { instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** Progress of one job, shown in the console. No personal data in `message`. */
export const jobProgress = pgTable(
  'job_progress',
  {
    /** Id of the job. */
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    /** running | done | retrying | failed */
    state: text('state').notNull(),
    done: bigint('done', { mode: 'number' }).notNull().default(0),
    /** Null while unknown. */
    total: bigint('total', { mode: 'number' }),
    message: text('message'),
    startedAt: instant('started_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
    finishedAt: instant('finished_at'),
  },
  (t) => [index('job_progress_updated').on(t.updatedAt), index('job_progress_name').on(t.name, t.updatedAt)],
)
