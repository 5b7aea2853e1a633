import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { built, builtDeps } from './test/support/built.ts';

/** Tests that take the time: nothing else runs meanwhile. */
const TIMED = ['test/slow/plan.test.ts', 'test/slow/start-up.test.ts'];

export default defineConfig({
  plugins: [built],
  test: {
    globalSetup: ['test/support/build.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    server: builtDeps,
    projects: [
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/slow/**/*.test.ts'],
          exclude: TIMED,
          // Some tests wait for other processes. (Vitest would leave one core alone.)
          maxWorkers: availableParallelism() + 1,
        },
      },
      { extends: true, test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
