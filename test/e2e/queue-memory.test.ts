import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { type Helper, startCoordinator, startWorker } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

const LEASE = 1_000;
const [WAITING, ACTIVE] = [`initsweep:kernel-${KERNEL_VERSION}:wait`, `initsweep:kernel-${KERNEL_VERSION}:active`];

/** Where Redis is full, a coordinator that may not go on as before must make room first: by taking results. */
describe.runIf(HAS_REDIS)('a Redis that is full of results', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'memory.json', { fanIn: [1, 64, 256], samples: 2 ** 18 });
  let wanted: string | undefined;
  let results: string;
  let redis: TestRedis;
  let runs = 0;

  beforeAll(async () => {
    const sweep = await loadSweep(config);
    const { manifest } = await runSweep(sweep, { directory: join(folder, 'embedded'), threads: 1, open: openExecutor });
    wanted = manifest.tables['estimates']?.sha256;
    results = `initsweep:results:${planOf(sweep.spec).hash}`;
  });
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(() => redis.dispose());

  const coordinate = (directory: string, check: number): Helper =>
    startCoordinator({
      ...{ url: redis.url, config, directory, taskTime: 5e6 },
      timing: { keep: 200, check, lease: LEASE },
    });

  /** A run whose coordinator was ended or stopped by a signal as soon as it had something, and whose other tasks are all done. */
  async function abandoned(signal: 'SIGKILL' | 'SIGSTOP', check = 60_000): Promise<[Helper, directory: string]> {
    const directory = join(folder, `run-${runs++}`);
    const coordinator = coordinate(directory, check);
    const worker = await startWorker(redis.url);
    await coordinator.says(/done [1-9]/);
    coordinator.child.kill(signal);
    const left = async () => (await redis.client.llen(WAITING)) + (await redis.client.llen(ACTIVE));
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    expect(await redis.client.hlen(results)).toBeGreaterThan(2);
    worker.child.kill('SIGKILL');
    await worker.ended;
    return [coordinator, directory];
  }

  /** Nothing more gets in until most of the results are gone. */
  async function fill(): Promise<void> {
    const used = /^used_memory:(\d+)/m.exec(await redis.client.info('memory'))?.[1];
    const size = (await redis.client.call('MEMORY', 'USAGE', results, 'SAMPLES', '0')) as number;
    await redis.client.config('SET', 'maxmemory', Math.round(Number(used) - 0.6 * size));
    await expect(redis.client.set('more', 'x')).rejects.toThrow('OOM');
  }

  it('is emptied by a coordinator whose lease has ended', async () => {
    const [coordinator] = await abandoned('SIGSTOP');
    await expect.poll(() => redis.client.keys('initsweep:coordinator:*'), { timeout: 2 * LEASE }).toEqual([]);
    await fill();
    coordinator.child.kill('SIGCONT');
    await coordinator.says(`finished ${wanted}`);
    expect(await coordinator.ended).toBe(0);
  });

  it('is emptied by a coordinator that starts again', async () => {
    const [, directory] = await abandoned('SIGKILL');
    await fill();
    const second = coordinate(directory, 60_000);
    // No worker is there: all comes from what it finds.
    await second.says(`finished ${wanted}`);
    expect(await second.ended).toBe(0);
    expect(second.said().match(/OOM/g)).toHaveLength(1);
  });

  it('is emptied of what nobody asks for', async () => {
    const [coordinator] = await abandoned('SIGSTOP', 500);
    // Made there: the client's buffers, which shrink again, would count as well.
    const large = "return redis.call('HSET', KEYS[1], ARGV[1], string.rep('x', 4000000))";
    await redis.client.eval(large, 1, results, 's1-i0-9-f0-9-b0-1');
    await redis.client.del(...(await redis.client.keys('initsweep:coordinator:*')), 'none');
    await fill();
    coordinator.child.kill('SIGCONT');
    await startWorker(redis.url);
    await coordinator.says(`finished ${wanted}`);
  });
});
