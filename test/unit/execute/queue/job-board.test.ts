import type { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { TaskError } from '../../../../src/errors.ts';
import { fieldOf, idOf, jobOf, SUSPECT } from '../../../../src/execute/queue/job.ts';
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

const id = (firstBlock: number, lastBlock: number) => idOf(jobOf(plan, task(firstBlock, lastBlock)));

/** A board, and the jobs that it has sent, by id. */
function sending() {
  const sent = new Map<string, { name: string; failed: boolean; locked: boolean }>();
  const queue = {
    // One whose id is there is not added.
    addBulk: async (jobs: readonly { name: string; opts: { jobId: string } }[]) => {
      for (const { name, opts } of jobs)
        if (!sent.has(opts.jobId)) sent.set(opts.jobId, { name, failed: false, locked: false });
    },
    getJob: async (job: string) => sent.get(job)?.failed && { finishedOn: 1, failedReason: 'stalled' },
    remove: async (job: string) => {
      if (sent.get(job)?.locked) return 0;
      sent.delete(job);
      return 1;
    },
  } as unknown as Queue;
  const results = { isThere: () => false, has: async () => false } as unknown as ResultBox;
  const board = new JobBoard(queue, results, 0);
  const submit = (firstBlock: number, lastBlock: number): Promise<void> =>
    new Promise((resolve, reject) => board.add(plan, { task: task(firstBlock, lastBlock), resolve, reject }));
  const lose = async (job: string): Promise<void> => {
    (sent.get(job) as { failed: boolean }).failed = true;
    board.doubt();
    await board.check(Date.now() + 1);
    await board.send();
  };
  return { sent, board, submit, lose };
}

it('sends what may kill workers by another name, its blocks too, and one at a time', async () => {
  const { sent, board, submit, lose } = sending();
  const [whole, other] = [submit(0, 8), submit(8, 16)];
  await board.send();
  expect(sent.get(id(0, 8))?.name).toBe('simulate');
  await lose(id(0, 8));
  expect(sent.get(id(0, 8))?.name).toBe(SUSPECT);
  const failure = expect(whole).rejects.toThrow(TaskError);
  await lose(id(0, 8));
  await failure;
  // Each of its blocks, one after the other; not those of another job.
  const blocks = [submit(0, 1), submit(1, 2), submit(8, 9)];
  await board.send();
  expect([id(0, 1), id(1, 2), id(8, 9)].map((job) => sent.get(job)?.name)).toEqual([SUSPECT, undefined, 'simulate']);
  board.abandon(new Error('over'));
  await Promise.allSettled([other, ...blocks]);
});

it('has no suspicion against what was done', async () => {
  const { sent, board, submit, lose } = sending();
  const done = submit(0, 8);
  await board.send();
  await lose(id(0, 8));
  expect(sent.get(id(0, 8))?.name).toBe(SUSPECT);
  for (const { resolve } of board.finish(fieldOf(jobOf(plan, task(0, 8))))) resolve();
  await done;
  sent.clear();
  void submit(0, 8).catch(() => {});
  await board.send();
  expect(sent.get(id(0, 8))?.name).toBe('simulate');
  board.abandon(new Error('over'));
});

it.each(['fail', 'redo'] as const)('sends a task again (%s) once no worker has its job any more', async (how) => {
  const { sent, board, submit } = sending();
  const first = submit(0, 8);
  await board.send();
  const field = fieldOf(jobOf(plan, task(0, 8)));
  const job = sent.get(id(0, 8)) as { locked: boolean };
  // It has left its result, and has yet to say that it is done.
  job.locked = true;
  if (how === 'redo') board.redo(field);
  else {
    board.fail(field, new TaskError('a bad block'));
    await expect(first).rejects.toThrow('a bad block');
    void submit(0, 8).catch(() => {});
  }
  await board.send();
  await board.send();
  expect(sent.get(id(0, 8))).toBe(job);
  job.locked = false;
  await board.send();
  expect(sent.get(id(0, 8))).not.toBe(job);
  expect(sent.get(id(0, 8))).toMatchObject({ failed: false, locked: false });
  const again = sent.get(id(0, 8));
  await board.send();
  expect(sent.get(id(0, 8))).toBe(again);
  board.abandon(new Error('over'));
  await first.catch(() => {});
});
