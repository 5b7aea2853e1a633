import { beforeAll, expect, it } from 'vitest';
import { scratch } from '../support/cli.ts';
import { CRASH_SEED, Crasher, crashJobs, type Job } from '../support/crash.ts';

const folder = scratch();
let jobs: readonly Job[];

beforeAll(() => {
  jobs = crashJobs(folder, 2 ** 18);
});

/** More of them in test/slow/crash.test.ts. */
const KILLS = 16;
/** Ten seconds on two free cores; every run takes as long as the others on the machine let it. */
const TIMEOUT = 300_000;

it(
  `ends with the same bytes however often it is killed (CRASH_SEED=${CRASH_SEED})`,
  async () => {
    const crasher = new Crasher(folder, CRASH_SEED);
    for (let turn = 0; crasher.figures.kills < KILLS || turn < jobs.length; turn++)
      await crasher.finish(jobs[turn % jobs.length] as Job);
    console.log(`CRASH_SEED=${CRASH_SEED}: ${JSON.stringify(crasher.figures)}`);
    expect(crasher.figures.resumed).toBeGreaterThan(0);
  },
  TIMEOUT,
);
