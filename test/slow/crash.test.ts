import { beforeAll, expect, it } from 'vitest';
import { scratch } from '../support/cli.ts';
import { CRASH_SEED, Crasher, crashJobs, type Job } from '../support/crash.ts';

const folder = scratch();
/** A machine that merges changes has had 16 of them before (test/e2e/crash.test.ts). */
const KILLS = process.env['CI'] === undefined ? 100 : 40;
let jobs: readonly Job[];

beforeAll(() => {
  jobs = crashJobs(folder, 2 ** 18);
});

it(`survives ${KILLS} of ${KILLS} kills (CRASH_SEED=${CRASH_SEED})`, async () => {
  const crasher = new Crasher(folder, CRASH_SEED);
  for (let turn = 0; crasher.figures.kills < KILLS; turn++) await crasher.finish(jobs[turn % jobs.length] as Job);
  console.log(`CRASH_SEED=${CRASH_SEED}: ${JSON.stringify(crasher.figures)}`);
  expect(crasher.figures.resumed).toBeGreaterThan(KILLS / 5);
  expect(crasher.figures.writing).toBeGreaterThan(KILLS / 10);
});
