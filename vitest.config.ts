import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that change or measure what a process has only one of: modules that they replace, the environment, its memory. */
const ALONE = /\bvi\.(mock|spyOn)\(|process\.env\[.*\] = |peakMemory\(/;

const SLOW = 'test/slow/**';
const alone = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file))
  .filter((file) => ALONE.test(readFileSync(file, 'utf8')));

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest leaves one core alone.
    maxWorkers: availableParallelism(),
    projects: [
      // Files share the modules of their worker: to load them takes longer than most tests do.
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: [SLOW, ...alone], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: [SLOW] } },
    ],
  },
});
