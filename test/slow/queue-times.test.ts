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
    const { client, url } = suite.redis;
    const run = suite.start();
    await expect.poll(() => client.llen(`${QUEUE}:wait`), { timeout: 10_000 }).toBeGreaterThan(0);
    const clients = async () => Number(/^connected_clients:(\d+)/m.exec(await client.info('clients'))?.[1]);
    const others = await clients();
    const first = await startCliWorker(url);
    await run.reached(60);
    const since = performance.now();
    first.child.kill('SIGKILL');
    // Then Redis has read all that it had sent.
    await expect.poll(clients, { timeout: 10_000 }).toBe(others);
    const held = await run.inHand();
    expect(held).not.toEqual([]);
    await run.suffers('a worker with default times killed', since, held);
    await startCliWorker(url);
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
