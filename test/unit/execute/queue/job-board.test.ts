import type { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { TaskError } from '../../../../src/errors.ts';
import { idOf, jobOf, SUSPECT } from '../../../../src/execute/queue/job.ts';
import { JobBoard } from '../../../../src/execute/queue/job-board.ts';
import type { ResultBox } from '../../../../src/execute/queue/result-box.ts';
import { bandsOf } from '../../../../src/sweep/bands.ts';
import { groupsOf } from '../../../../src/sweep/groups.ts';
import { planSweep } from '../../../../src/sweep/plan.ts';
import { smallSweep } from '../../../support/small-sweep.ts';

const { spec, datasets } = await smallSweep();
const plan = planSweep(spec, datasets);
const [group] = groupsOf(plan);
const [band] = group === undefined ? [] : bandsOf(plan, group);
if (group === undefined || band === undefined) throw new Error('no work');
const task = (firstBlock: number, lastBlock: number) =>
  ({ kind: 'simulate', group, band: band.id, firstBlock, lastBlock, arena: new SharedArrayBuffer(8) }) as const;

it('sends what may kill workers by another name, its blocks too, and one at a time', async () => {
  /** Jobs by id: their names, and whether they failed without a result. */
  const sent = new Map<string, { name: string; failed: boolean }>();
  const queue = {
    addBulk: async (jobs: readonly { name: string; opts: { jobId: string } }[]) => {
      for (const { name, opts } of jobs) sent.set(opts.jobId, { name, failed: false });
    },
    getJob: async (id: string) => sent.get(id)?.failed && { finishedOn: 1, failedReason: 'stalled' },
    remove: async (id: string) => void sent.delete(id),
  } as unknown as Queue;
  const results = { isThere: () => false, has: async () => false } as unknown as ResultBox;
  const board = new JobBoard(queue, results, 0);
  const id = (firstBlock: number, lastBlock: number) => idOf(jobOf(plan, task(firstBlock, lastBlock)));
  const submit = (firstBlock: number, lastBlock: number): Promise<void> =>
    new Promise((resolve, reject) => board.add(plan, { task: task(firstBlock, lastBlock), resolve, reject }));
  const fail = async (job: string): Promise<void> => {
    (sent.get(job) as { failed: boolean }).failed = true;
    board.doubt();
    await board.check(Date.now() + 1);
    await board.send();
  };

  const [whole, other] = [submit(0, 8), submit(8, 16)];
  await board.send();
  expect(sent.get(id(0, 8))?.name).toBe('simulate');
  await fail(id(0, 8));
  expect(sent.get(id(0, 8))?.name).toBe(SUSPECT);
  const failure = expect(whole).rejects.toThrow(TaskError);
  await fail(id(0, 8));
  await failure;
  // Each of its blocks, one after the other; not those of another job.
  const blocks = [submit(0, 1), submit(1, 2), submit(8, 9)];
  await board.send();
  expect([id(0, 1), id(1, 2), id(8, 9)].map((job) => sent.get(job)?.name)).toEqual([SUSPECT, undefined, 'simulate']);
  board.abandon(new Error('over'));
  await Promise.allSettled([other, ...blocks]);
});
