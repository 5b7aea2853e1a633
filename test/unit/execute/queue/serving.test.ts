import type { Redis } from 'ioredis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sweepFromObject } from '../../../../src/config/load.ts';
import { RunError, TaskError } from '../../../../src/errors.ts';
import { PoolError } from '../../../../src/execute/pool.ts';
import { jobOf, type Order, orderOf } from '../../../../src/execute/queue/job.ts';
import { type FoundSweep, publishSweep } from '../../../../src/execute/queue/notice.ts';
import { Serving } from '../../../../src/execute/queue/serving.ts';
import { onThread } from '../../../../src/execute/queue/simulator.ts';
import { experimentOf, planOf } from '../../../../src/experiment/plan-of.ts';
import { groupsOf } from '../../../../src/sweep/groups.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const config = { fanIn: [4], inputs: ['normal'], initializers: ['he_normal'], activations: ['relu'], samples: 4096 };
const NO_REDIS = {} as Redis;

async function sweepOf(name: string, changes: object = {}): Promise<FoundSweep> {
  const { spec, datasets } = await sweepFromObject({ ...config, name, ...changes }, { directory: '.' });
  return { plan: planOf(spec, datasets), datasets };
}

function orderIn({ plan }: FoundSweep): Order {
  const [group] = groupsOf(plan);
  const [band] = group === undefined ? [] : experimentOf(plan).bandsOf(plan, group);
  if (group === undefined || band === undefined) throw new Error('no work');
  const task = { kind: 'simulate', group, band: band.id, firstBlock: 0, lastBlock: 1 } as const;
  return orderOf(plan, jobOf(plan, { ...task, arena: new SharedArrayBuffer(8) })) as Order;
}

const sweeps = await Promise.all(Array.from({ length: 9 }, (_, i) => sweepOf(`sweep-${i}`)));
const order = orderIn(sweeps[0] as FoundSweep);
const turn = () => new Promise((resolve) => setTimeout(resolve, 1 + 4 * Math.random()));

/** Threads that only say what becomes of them: each with the number of its sweep, whether it works and whether it is gone. */
function threads(work: (sweep: number) => Promise<unknown> = turn) {
  const all: { readonly sweep: number; busy: boolean; gone: boolean }[] = [];
  let [mostThere, mostBusy] = [0, 0];
  const look = (): void => {
    mostThere = Math.max(mostThere, all.filter(({ gone }) => !gone).length);
    mostBusy = Math.max(mostBusy, all.filter(({ busy }) => busy).length);
  };
  const open = ({ plan }: FoundSweep) => {
    const own = { sweep: sweeps.findIndex((sweep) => sweep.plan.hash === plan.hash), busy: false, gone: false };
    all.push(own);
    look();
    return {
      async simulate() {
        expect(own).toMatchObject({ busy: false, gone: false });
        own.busy = true;
        look();
        await work(own.sweep).finally(() => {
          own.busy = false;
        });
        return Buffer.alloc(0);
      },
      async close() {
        expect(own).toMatchObject({ busy: false, gone: false });
        await turn();
        own.gone = true;
      },
    };
  };
  const there = () => all.filter(({ gone }) => !gone).map(({ sweep }) => sweep);
  return { open, there, opened: () => all.map(({ sweep }) => sweep), most: () => [mostThere, mostBusy] };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the threads of a worker', () => {
  it('are at most twice as many as work at a time, whatever the number of sweeps', async () => {
    const { open, there, most, opened } = threads();
    const serving = new Serving(NO_REDIS, 2, open);
    // As many jobs as a worker holds.
    const jobs = Array.from({ length: 90 }, (_, i) => sweeps[(i * 7) % 9] as FoundSweep);
    await Promise.all(
      [0, 1, 2].map(async () => {
        for (let sweep = jobs.shift(); sweep !== undefined; sweep = jobs.shift()) await serving.simulate(sweep, order);
      }),
    );
    expect(most()).toEqual([4, 2]);
    expect(new Set(opened()).size).toBe(9);
    await serving.close();
    expect(there()).toEqual([]);
  });

  it('stay for the next job of their sweep, those that were used last', async () => {
    const { open, there, opened } = threads(() => new Promise((resolve) => setTimeout(resolve, 30)));
    const serving = new Serving(NO_REDIS, 2, open);
    const use = (index: number) => serving.simulate(sweeps[index] as FoundSweep, order);
    for (const index of [0, 1, 2, 3, 1, 4, 0, 1]) await use(index);
    expect(opened()).toEqual([0, 1, 2, 3, 4, 0]);
    expect([...there()].sort()).toEqual([0, 1, 3, 4]);
    await Promise.all([use(1), use(1)]);
    expect([...there()].sort()).toEqual([0, 1, 1, 4]);
    await serving.close();
  });

  it('end when there is nothing for them to do', async () => {
    const { open, there } = threads(async () => {});
    const serving = new Serving(NO_REDIS, 2, open);
    vi.useFakeTimers();
    await serving.simulate(sweeps[0] as FoundSweep, order);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(there()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(there()).toEqual([]);
  });

  it('that do not start are given up when as many did not as work at a time, one after the other', async () => {
    const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1_000 * seconds));
    const { open, there } = threads((sweep) => (sweep < 3 ? Promise.reject(new PoolError('no thread')) : sleep(20)));
    const serving = new Serving(NO_REDIS, 2, open);
    const use = (index: number) => serving.simulate(sweeps[index] as FoundSweep, order);
    vi.useFakeTimers();
    const pass = (seconds: number) => vi.advanceTimersByTimeAsync(1_000 * seconds);
    await expect(use(0)).rejects.toThrow(PoolError);
    await pass(1);
    expect([there(), serving.isLost]).toEqual([[], false]);
    const next = Promise.all([use(3), use(4)]);
    // Its slot is not free at once.
    await pass(3);
    expect(there()).toEqual([3]);
    await pass(2);
    expect(there()).toEqual([3, 4]);
    await pass(40);
    expect(await next).toHaveLength(2);
    await expect(use(1)).rejects.toThrow(PoolError);
    expect(serving.isLost).toBe(false);
    await expect(use(2)).rejects.toThrow(PoolError);
    expect(serving.isLost).toBe(true);
  });

  it('refuse a sweep that needs too much memory by itself, and do the others', async () => {
    const inputs = Array.from({ length: 12_000 }, (_, i) => ({ kind: 'normal', mean: i / 1000 }));
    const large = await sweepOf('large', { inputs });
    const serving = new Serving(NO_REDIS, 1, onThread({ limits: { maxOldGenerationSizeMb: 8 } }));
    const error = await serving.simulate(large, orderIn(large)).catch((caught) => caught);
    expect(error).toBeInstanceOf(RunError);
    expect(error).not.toBeInstanceOf(PoolError);
    expect(error.message).toContain('sweep large: received a plan that does not fit in the 8 MB');
    expect(serving.isLost).toBe(false);
    expect((await serving.simulate(sweeps[0] as FoundSweep, order))?.length).toBeGreaterThan(1_000);
    await serving.close();
  });
});

describe.runIf(HAS_REDIS)('the sweeps of a worker', () => {
  it('are looked up once, as long as they are asked for', async () => {
    const redis = await TestRedis.start();
    const { client } = redis;
    for (const { plan, datasets } of sweeps) await publishSweep(client, plan, datasets);
    const serving = new Serving(client, 1, threads().open);
    const [{ plan }] = sweeps as [FoundSweep];
    const first = await serving.find(plan.hash);
    expect(first.plan.hash).toBe(plan.hash);
    await client.flushall();
    expect(await serving.find(plan.hash)).toBe(first);
    const other = (sweeps[1] as FoundSweep).plan.hash;
    await expect(serving.find(other)).rejects.toThrow(TaskError);
    await publishSweep(client, (sweeps[1] as FoundSweep).plan, new Map());
    expect((await serving.find(other)).plan.hash).toBe(other);
    await redis.dispose();
  });
});
