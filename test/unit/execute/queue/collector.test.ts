import type { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TaskError } from '../../../../src/errors.ts';
import { encodeFailure, encodeTallies } from '../../../../src/execute/queue/answer.ts';
import { Collector } from '../../../../src/execute/queue/collector.ts';
import { orderOf } from '../../../../src/execute/queue/job.ts';
import { JobBoard } from '../../../../src/execute/queue/job-board.ts';
import { ResultBox } from '../../../../src/execute/queue/result-box.ts';
import { experimentOf } from '../../../../src/experiment/plan-of.ts';
import { WasmKernel } from '../../../../src/kernel/wasm.ts';
import { Arena } from '../../../../src/memory/arena.ts';
import { bandsOf } from '../../../../src/sweep/bands.ts';
import { arenaRoom, groupsOf, slotCount } from '../../../../src/sweep/groups.ts';
import { planSweep } from '../../../../src/sweep/plan.ts';
import type { TallyEntry } from '../../../../src/sweep/tally-entry.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';
import { smallSweep } from '../../../support/small-sweep.ts';

const { spec, datasets } = await smallSweep();
const plan = planSweep(spec, datasets);
const [group] = groupsOf(plan);
if (group === undefined) throw new Error('no group');
const [band] = bandsOf(plan, group);
if (band === undefined) throw new Error('no band');

describe.runIf(HAS_REDIS)('a result', () => {
  let redis: TestRedis;
  const notes: string[] = [];

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(async () => {
    notes.length = 0;
    await redis.client.flushall();
  });
  afterAll(() => redis.dispose());

  /** A task that waits, and what the collector makes of its result. */
  function waiting() {
    const results = new ResultBox(redis.client, plan.hash, 1e6);
    const jobs = new JobBoard({} as Queue, results, 1e6);
    const collector = new Collector(plan, results, jobs, (note) => notes.push(note));
    const slots = slotCount(plan, group as NonNullable<typeof group>);
    const arena = Arena.allocate(slots, arenaRoom(plan, slots)).buffer;
    const task = { kind: 'simulate', group, band: band?.id, firstBlock: 8, lastBlock: 9, arena } as const;
    let field = '';
    const done = new Promise<void>((resolve, reject) => {
      field = jobs.add(plan, { task: task as never, resolve, reject });
    });
    done.catch(() => {});
    const collect = async (bytes: Buffer): Promise<void> => {
      await redis.client.hset(`initsweep:results:${plan.hash}`, field, bytes);
      await collector.collect([field], () => false);
    };
    const { positions } = orderOf(plan, jobs.job(field) as NonNullable<ReturnType<JobBoard['job']>>) ?? {};
    return { done, collect, positions: positions ?? [], size: () => jobs.size };
  }

  it('of tallies is given to the task that waits for it', async () => {
    const { done, collect } = waiting();
    const entries: TallyEntry[] = [];
    experimentOf(plan).simulator(new WasmKernel(), plan, band)(
      8,
      (position, record) => entries.push({ position, record: record.slice() }),
      () => {},
    );
    await collect(encodeTallies(entries));
    await done;
    expect(notes).toEqual([]);
  });

  it.each([0, 16, 4096])('of bytes that are no tallies, %i each, is damaged', async (length) => {
    const { collect, positions, size } = waiting();
    await collect(encodeTallies(positions.map((position) => ({ position, record: new Uint8Array(length).fill(7) }))));
    expect(notes.join()).toContain('a damaged result');
    expect(size()).toBe(1);
  });

  it.each(['ConfigError', 'StoppedError', 'PoolError', 'Error'])(
    'that is a failure (%s) is of its task',
    async (name) => {
      const { done, collect } = waiting();
      await collect(encodeFailure({ name, message: 'x', parts: [], stack: undefined }));
      await expect(done).rejects.toThrow(TaskError);
    },
  );
});
