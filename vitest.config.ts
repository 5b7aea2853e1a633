import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { built, builtDeps } from './test/support/built.ts';
import { Sequence } from './test/support/sequence.ts';

/** Tests that replace modules: those they test have to be sources. */
const REPLACING = /\bvi\.(mock|doMock)\(/;
/** Tests that change or measure what a process has only one of: functions of its modules, the environment, its memory. */
const ALONE = /\bvi\.spyOn\(|makeDiskFaulty\(|process\.env\[.*\] = |peakMemory\(/;

const SLOW = 'test/slow/**';
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file));
const saying = (words: RegExp): string[] => files.filter((file) => words.test(readFileSync(file, 'utf8')));
const replacing = saying(REPLACING);
const alone = saying(ALONE).filter((file) => !replacing.includes(file));

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Many tests wait for other processes. (Vitest would leave one core alone.)
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: Sequence },
    projects: [
      // Files share the modules of their worker: to load them takes longer than most tests do.
      {
        extends: true,
        plugins: [built],
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [SLOW, ...alone, ...replacing],
          isolate: false,
          server: builtDeps,
        },
      },
      { extends: true, plugins: [built], test: { name: 'alone', include: alone, exclude: [SLOW], server: builtDeps } },
      { extends: true, test: { name: 'replacing', include: replacing, exclude: [SLOW] } },
    ],
  },
});
