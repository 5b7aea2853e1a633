import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { has } from '../support/programs.ts';
import { eventsOf, startWorker, tasksThat } from '../support/queue.ts';
import { FaultSuite, type QueuedRun } from '../support/queued-run.ts';
import { STORES, TestRedis } from '../support/redis.ts';

const QUEUE = `initsweep:kernel-${KERNEL_VERSION}`;

for (const { name, program } of STORES) {
  describe.runIf(has(name))(`a sweep on a queue survives ${name}`, () => {
    const suite = new FaultSuite(() => TestRedis.startStore(program));

    it.each(['SIGTERM', 'SIGKILL'] as const)('that ends with %s and comes back', async (signal) => {
      const run = suite.start();
      // Its tasks stay its own for as long as this takes.
      const worker = await startWorker(suite.redis.url, { timing: { lock: 30_000, stalled: 500 } });
      await run.reached(100);
      await end(run, signal, `${name} ended with ${signal}`);
      await worker.says('the queue does not answer');
      await expect.poll(() => run.notes.join()).toContain('the queue does not answer');
      await suite.redis.begin();
      await suite.sound(run);
      expect(run.notes.join()).toContain('the queue is back');
      // It has forgotten nothing, and nothing is done twice.
      const began = tasksThat('begins', [worker]);
      expect(new Set(began).size).toBe(began.length);
      const events = eventsOf(await suite.redis.client.xrange(`${QUEUE}:events`, '-', '+'));
      expect(events.get('added')).toBe(began.length);
    });

    /** Ends the server, of which nothing is heard from before it is looked at what is there. */
    async function end(run: QueuedRun, signal: NodeJS.Signals, fault: string): Promise<void> {
      await suite.redis.client.client('PAUSE', 60_000, 'WRITE');
      await run.suffers(fault, performance.now());
      await suite.redis.end(signal);
    }

    it('that forgets everything', async () => {
      const run = suite.start();
      await startWorker(suite.redis.url);
      await run.reached(100);
      const since = performance.now();
      const [waiting] = (await suite.redis.client.multi().lrange(`${QUEUE}:wait`, 0, -1).flushall().exec()) ?? [];
      // What the worker has it delivers all the same.
      await run.suffers(`${name} wiped`, since, run.fields(waiting?.[1] as string[]));
      await suite.sound(run);
    });

    it('that forgets the last of what it was told', async () => {
      const run = suite.start();
      const worker = await startWorker(suite.redis.url);
      await run.reached(100);
      await end(run, 'SIGKILL', `${name} without the tail of its log`);
      const log = join(suite.redis.directory, 'appendonlydir');
      const last = readdirSync(log).find((file) => file.endsWith('.incr.aof')) as string;
      truncateSync(join(log, last), Math.floor(0.6 * statSync(join(log, last)).size));
      await suite.redis.begin();
      await suite.sound(run);
      // What is done again comes to the same, or the run would have ended.
      const began = tasksThat('begins', [worker]);
      expect(new Set(began).size).toBeLessThan(began.length);
      expect(worker.said()).not.toContain('differs');
    });

    it('without memory', async () => {
      const run = suite.start();
      await startWorker(suite.redis.url);
      await run.reached(100);
      const since = performance.now();
      await suite.redis.client.config('SET', 'maxmemory', '1mb');
      const refused = async () =>
        Number(/^errorstat_OOM:count=(\d+)/m.exec(await suite.redis.client.info('errorstats'))?.[1]);
      await expect.poll(refused, { timeout: 10_000 }).toBeGreaterThan(3);
      await run.suffers(`${name} without memory until it had refused commands`, since);
      await suite.redis.client.config('SET', 'maxmemory', '0');
      await suite.sound(run);
    });
  });
}
