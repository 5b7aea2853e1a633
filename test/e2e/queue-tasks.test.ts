import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { orderOf, type QueueJob } from '../../src/execute/queue/job.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { ROOT, scratch } from '../support/cli.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

const WAITING = `initsweep:kernel-${KERNEL_VERSION}:wait`;

describe.runIf(HAS_REDIS)('the tasks of a queue', () => {
  const folder = scratch();
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.dispose());

  it.each([
    ['gold-rule', 2 ** 26],
    ['reference', 2 ** 26],
    ['depth', 2 ** 10],
    // A block takes longer.
    ['depth', 2 ** 13],
  ])(
    'take 1 to 5 seconds by the cost model when nobody asks for others, or have one block: %s, %i samples',
    async (name, samples) => {
      const sweep = await loadSweep(join(ROOT, `configs/${name}.yaml`), { overrides: { samples } });
      const plan = planOf(sweep.spec, sweep.datasets);
      const controller = new AbortController();
      const open = openOnQueue(queueAddress(redis.url));
      const ended = runSweep(sweep, {
        directory: join(folder, `${name}-${samples}`),
        threads: 1,
        open,
        signal: controller.signal,
      });
      ended.catch(() => {});
      await expect.poll(() => redis.client.llen(WAITING), { timeout: 10_000 }).toBeGreaterThan(40);
      const ids = await redis.client.lrange(WAITING, 0, -1);
      const tasks = await Promise.all(
        ids.map(async (id) => {
          const job = JSON.parse(
            (await redis.client.hget(`initsweep:kernel-${KERNEL_VERSION}:${id}`, 'data')) ?? '',
          ) as QueueJob;
          const { band, group } = orderOf(plan, job) ?? expect.unreachable();
          const [from, to] = group.blocks;
          return { blocks: to - from, isLast: to === plan.blocks, seconds: (band.cost * (to - from)) / 1e9 };
        }),
      );
      controller.abort();
      await expect(ended).rejects.toThrow('stopped before the end');
      // The last task of a band has what is left.
      const whole = tasks.filter(({ isLast }) => !isLast);
      expect(whole.length).toBeGreaterThan(35);
      for (const { blocks, seconds } of tasks) if (seconds >= 5) expect(blocks).toBe(1);
      for (const { seconds } of whole) expect(seconds).toBeGreaterThan(1);
    },
  );
});
