import { configDefaults, defineConfig } from 'vitest/config'

/**
 * `npm test` sets TEST_SET: `main` (default) is everything but journeys in the browser, `e2e` those alone, one at a
 * time. Tests that take longer than 20 s each live in `*.long.test.ts` and run with TEST_SET=long; those that ask a
 * running Trino in `*.trino.test.ts`, with TEST_SET=trino (tools/trino.mjs).
 */
const set = process.env['TEST_SET'] ?? 'main'
const apart = ['long', 'trino'].filter((name) => name !== set)

export default defineConfig({
  test: {
    environment: 'node',
    include:
      set === 'e2e' ? ['e2e/**/*.test.ts'] : [apart.length < 2 ? `**/*.${set}.test.ts` : '**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'data/**',
      ...(set === 'e2e' ? [] : ['e2e/**']),
      ...apart.map((name) => `**/*.${name}.test.ts`),
    ],
    globalSetup: ['platform/testing/global-setup.ts'],
    setupFiles: ['platform/testing/setup-file.ts'],
    pool: 'forks',
    maxWorkers: set === 'main' ? 2 : 1,
    testTimeout: set === 'main' ? 30_000 : 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // Its modules name each other without endings, which Node does not take and Vite does.
    server: { deps: { inline: ['dt-sql-parser'] } },
  },
})
