import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { eventsOf, startWorker, tasksThat } from '../support/queue.ts';
import { startCliWorker } from '../support/queue-cli.ts';
import { FaultSuite, sacrifice } from '../support/queued-run.ts';
import { HAS_REDIS } from '../support/redis.ts';

const QUEUE = `initsweep:kernel-${KERNEL_VERSION}`;

/** Tests of faults give workers shorter times, and fewer lives. */
describe.runIf(HAS_REDIS)('workers as they are by default', () => {
  const suite = new FaultSuite();
  const folder = scratch();

  it('have the tasks of one that is killed done by another after half a minute', async () => {
    const run = suite.start();
    const first = await startCliWorker(suite.redis.url);
    const held = await run.catchAtWork(first, () => suite.redis.client.lrange(`${QUEUE}:active`, 0, -1));
    await run.suffers('a worker with default times killed', performance.now(), held);
    first.child.kill('SIGKILL');
    await startCliWorker(suite.redis.url);
    await suite.sound(run);
    const [seconds] = run.recoveries;
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThan(45);
  });

  it('lose eight to a block that kills every one, and no other block', async () => {
    const run = suite.start();
    expect(await sacrifice(run, suite.redis.url)).toBe(8);
    const { status, failures } = await run.finished;
    expect(status).toBe('incomplete');
    expect(failures.map(({ block }) => block)).toEqual([8]);
  });

  it('begin a task once that takes longer than its lock', async () => {
    const config = { fanIn: [4096], inputs: ['normal'], initializers: ['he_normal'], beta: [1], samples: 2 ** 21 };
    const sweep = await loadSweep(writeConfig(folder, 'long.json', config));
    const lock = 600;
    const worker = await startWorker(suite.redis.url, { timing: { lock, stalled: 150 } });
    const { url } = suite.redis;
    const open = openOnQueue({ url, shown: url }, { taskTime: 1e12 });
    const running = runSweep(sweep, { directory: join(folder, 'long'), threads: 1, open });
    await worker.says('begins');
    const since = performance.now();
    await worker.says('ends');
    expect(performance.now() - since).toBeGreaterThan(lock);
    expect((await running).manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(tasksThat('begins', [worker])).toHaveLength(1);
    expect(eventsOf(await suite.redis.client.xrange(`${QUEUE}:events`, '-', '+')).get('stalled')).toBeUndefined();
  });
});
