import { configDefaults, defineConfig } from 'vitest/config'

/**
 * `npm test` sets TEST_SET: `main` (default) is everything but journeys in the browser, `e2e` those alone, one at a
 * time. Tests that take longer than 20 s each live in `*.long.test.ts` and run with TEST_SET=long.
 */
const set = process.env['TEST_SET'] ?? 'main'

export default defineConfig({
  test: {
    environment: 'node',
    include: set === 'e2e' ? ['e2e/**/*.test.ts'] : [set === 'long' ? '**/*.long.test.ts' : '**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'data/**',
      ...(set === 'e2e' ? [] : ['e2e/**']),
      ...(set === 'long' ? [] : ['**/*.long.test.ts']),
    ],
    globalSetup: ['platform/testing/global-setup.ts'],
    setupFiles: ['platform/testing/setup-file.ts'],
    pool: 'forks',
    maxWorkers: set === 'main' ? 2 : 1,
    testTimeout: set === 'main' ? 30_000 : 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
