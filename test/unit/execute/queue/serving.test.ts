import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sweepFromObject } from '../../../../src/config/load.ts';
import { publishSweep } from '../../../../src/execute/queue/notice.ts';
import { Serving } from '../../../../src/execute/queue/serving.ts';
import { planOf } from '../../../../src/experiment/plan-of.ts';
import { HAS_REDIS, TestRedis } from '../../../support/redis.ts';

const config = { fanIn: [4], inputs: ['normal'], initializers: ['he_normal'], activations: ['relu'], samples: 4096 };

let redis: TestRedis | undefined;
beforeAll(async () => {
  if (HAS_REDIS) redis = await TestRedis.start();
});
afterAll(() => redis?.dispose());

it.runIf(HAS_REDIS)('keeps the threads of a few sweeps, and lets go of those that were used longest ago', async () => {
  const { client } = redis as TestRedis;
  const hashes: string[] = [];
  for (let i = 0; i < 7; i++) {
    const { spec, datasets } = await sweepFromObject({ ...config, name: `sweep-${i}` }, { directory: '.' });
    const plan = planOf(spec, datasets);
    await publishSweep(client, plan, datasets);
    hashes.push(plan.hash);
  }
  const nameOf = (hash: string): number => hashes.indexOf(hash);
  const [opened, closed]: [number[], number[]] = [[], []];
  const serving = new Serving(client, 2, ({ plan }) => {
    opened.push(nameOf(plan.hash));
    return { simulate: async () => Buffer.alloc(0), close: async () => void closed.push(nameOf(plan.hash)) };
  });
  const use = (index: number) => serving.use(hashes[index] as string, async () => {});
  // One that is at work is not let go of, however long ago that began.
  let end = (): void => {};
  const long = serving.use(hashes[0] as string, () => new Promise<void>((resolve) => (end = resolve)));
  await vi.waitFor(() => expect(opened).toEqual([0]));
  for (const index of [1, 2, 3, 1, 4, 5]) await use(index);
  expect(opened).toEqual([0, 1, 2, 3, 4, 5]);
  expect(closed).toEqual([2, 3]);
  end();
  await long;
  await use(6);
  expect(closed).toEqual([2, 3, 1]);
  await use(3);
  expect(opened).toEqual([0, 1, 2, 3, 4, 5, 6, 3]);
  await serving.close();
  expect([...closed].sort()).toEqual([0, 1, 2, 3, 3, 4, 5, 6]);
});

it.runIf(HAS_REDIS)('ends the threads of a sweep that has no work after all', async () => {
  const { client } = redis as TestRedis;
  const { spec, datasets } = await sweepFromObject({ ...config, name: 'idle' }, { directory: '.' });
  const plan = planOf(spec, datasets);
  await publishSweep(client, plan, datasets);
  const close = vi.fn(async () => {});
  const serving = new Serving(client, 2, () => ({ simulate: async () => Buffer.alloc(0), close }));
  const refused = serving.use(plan.hash, async () => {
    vi.useFakeTimers();
    throw new Error('no such work');
  });
  await expect(refused).rejects.toThrow('no such work');
  expect(close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(61_000);
  vi.useRealTimers();
  expect(close).toHaveBeenCalledOnce();
});
