export {
  AlreadySupervisedError,
  findPostgres,
  type Postgres,
  type PostgresOptions,
  startPostgres,
} from './start-postgres.ts'
