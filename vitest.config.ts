import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // what takes minutes: npm run drill, npm run test:long
    exclude: [
      '**/node_modules/**',
      ...(process.env['METERHALL_DRILLS'] === undefined ? ['test/**/*.long.test.ts'] : []),
    ],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
