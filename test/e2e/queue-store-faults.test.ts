import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { has } from '../support/programs.ts';
import { startWorker } from '../support/queue.ts';
import { FaultSuite } from '../support/queued-run.ts';
import { STORES, TestRedis } from '../support/redis.ts';

for (const { name, program } of STORES) {
  describe.runIf(has(name))(`a sweep on a queue survives ${name}`, () => {
    const suite = new FaultSuite(() => TestRedis.startStore(program));

    it.each(['SIGTERM', 'SIGKILL'] as const)('that ends with %s and comes back', async (signal) => {
      const run = suite.start();
      const worker = await startWorker(suite.redis.url);
      await run.reached(100);
      await suite.redis.end(signal);
      run.suffers(`${name} ended with ${signal}`);
      await worker.says('the queue does not answer');
      await expect.poll(() => run.notes.join()).toContain('the queue does not answer');
      await suite.redis.begin();
      await suite.sound(run);
      expect(run.notes.join()).toContain('the queue is back');
    });

    it('that forgets everything', async () => {
      const run = suite.start();
      await startWorker(suite.redis.url);
      await run.reached(100);
      await suite.redis.client.flushall();
      run.suffers(`${name} wiped`);
      await suite.sound(run);
    });

    it('that forgets the last of what it was told', async () => {
      const run = suite.start();
      await startWorker(suite.redis.url);
      await run.reached(100);
      await suite.redis.end('SIGKILL');
      const log = join(suite.redis.directory, 'appendonlydir');
      const last = readdirSync(log).find((file) => file.endsWith('.incr.aof')) as string;
      truncateSync(join(log, last), Math.floor(0.6 * statSync(join(log, last)).size));
      await suite.redis.begin();
      run.suffers(`${name} without the tail of its log`);
      await suite.sound(run);
    });

    it('without memory', async () => {
      const run = suite.start();
      await startWorker(suite.redis.url);
      await run.reached(100);
      await suite.redis.client.config('SET', 'maxmemory', '1mb');
      run.suffers(`${name} without memory until it had refused commands`);
      const refused = async () =>
        Number(/^errorstat_OOM:count=(\d+)/m.exec(await suite.redis.client.info('errorstats'))?.[1]);
      await expect.poll(refused, { timeout: 10_000 }).toBeGreaterThan(3);
      await suite.redis.client.config('SET', 'maxmemory', '0');
      await suite.sound(run);
    });
  });
}
