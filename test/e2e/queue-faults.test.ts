import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { TestProxy } from '../support/proxy.ts';
import { eventsOf, startCoordinator, startWorker, tasksThat } from '../support/queue.ts';
import { FaultSuite, sayRecovery, TASK_TIME, TIMING } from '../support/queued-run.ts';
import { TestRandom } from '../support/random.ts';
import { HAS_REDIS } from '../support/redis.ts';

const EVENTS = `initsweep:kernel-${KERNEL_VERSION}:events`;
const WAITING = `initsweep:kernel-${KERNEL_VERSION}:wait`;

describe.runIf(HAS_REDIS)('a sweep on a queue survives', () => {
  const suite = new FaultSuite();
  const events = async () => eventsOf(await suite.redis.client.xrange(EVENTS, '-', '+'));

  it('workers that are killed, several of them', async () => {
    const run = suite.start();
    const { hash } = planOf(suite.sweep.spec);
    for (const tallies of [60, 180, 300]) {
      const worker = await startWorker(suite.redis.url);
      await run.reached(tallies);
      const since = performance.now();
      worker.child.kill('SIGKILL');
      await worker.ended;
      // What it had delivered is no recovery.
      await expect.poll(() => suite.redis.client.llen(`initsweep:arrivals:${hash}`)).toBe(0);
      run.suffers('worker killed', since);
    }
    await startWorker(suite.redis.url);
    await suite.sound(run);
  });

  it('workers that are told to stop, and does nothing twice', async () => {
    const run = suite.start();
    const workers = [await startWorker(suite.redis.url), await startWorker(suite.redis.url)] as const;
    await run.reached(100);
    workers[0].child.kill('SIGTERM');
    run.suffers('one of two workers told to stop');
    expect(await workers[0].ended).toBe(0);
    await suite.sound(run);
    const began = tasksThat('begins', workers);
    expect(new Set(began).size).toBe(began.length);
    expect(began).toHaveLength((await events()).get('added') as number);
    expect(tasksThat('ends', [workers[0]])).toEqual(tasksThat('begins', [workers[0]]));
    for (const worker of workers) expect(tasksThat('begins', [worker])).not.toEqual([]);
    expect((await events()).get('stalled')).toBeUndefined();
  });

  it('a coordinator that is killed, and goes on from where it was', async () => {
    await startWorker(suite.redis.url);
    const { config, wanted } = suite;
    const options = { url: suite.redis.url, config, directory: suite.directory(), taskTime: TASK_TIME, timing: TIMING };
    const first = startCoordinator(options);
    await first.says(/done [2-9]\d\d/);
    const since = performance.now();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startCoordinator(options);
    await second.says(/^done [1-9]/m);
    sayRecovery('coordinator killed', since);
    await second.says(`finished ${wanted}`);
    expect(await second.ended).toBe(0);
    expect(await suite.redis.client.keys('initsweep:results:*')).toEqual([]);
  });

  // Workers start one after another, which takes its time.
  it('a block that kills every worker, at the price of that block', async () => {
    const run = suite.start();
    let stopped = false;
    const replaceWorkers = async (): Promise<number> => {
      for (let killed = 0; ; killed++) {
        // The first death of a worker is one too many for its jobs: by default each would need four.
        const worker = await startWorker(suite.redis.url, { worker: './poisoned-worker.mjs', mostStalls: 0 });
        void run.finished.finally(() => worker.child.kill('SIGTERM')).catch(() => {});
        if ((await worker.ended) !== 'SIGKILL' || stopped) return killed;
        run.suffers('a task that kills its worker');
      }
    };
    const replaced = replaceWorkers();
    const { status, failures } = await run.finished;
    stopped = true;
    // With its neighbours, alone among suspects; then the block by itself, three times.
    expect(await replaced).toBe(5);
    expect(status).toBe('incomplete');
    expect(failures.map(({ block, error }) => ({ block, error }))).toEqual([
      { block: 8, error: 'a job that failed: job stalled more than allowable limit' },
    ]);
    // The manifest has them.
    expect(await suite.redis.client.zcard(`initsweep:kernel-${KERNEL_VERSION}:failed`)).toBe(0);
  }, 120_000);

  it('a worker that was taken for dead and delivers all the same', async () => {
    const { redis } = suite;
    const timing = { lock: 600, stalled: 150 };
    const run = suite.start();
    const slow = await startWorker(redis.url, { timing });
    const deliveries = await watchDeliveries(redis.port);
    await run.reached(30);
    slow.child.kill('SIGSTOP');
    run.suffers('worker silent');
    await startWorker(redis.url, { timing });
    await expect.poll(async () => (await events()).get('stalled') ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    await run.reached(90);
    slow.child.kill('SIGCONT');
    // What it had in hand others have delivered, or will.
    await expect.poll(() => deliveries.length - new Set(deliveries).size, { timeout: 10_000 }).toBeGreaterThan(0);
    await suite.sound(run);
  });

  it('results that are damaged on their way', async () => {
    const { redis } = suite;
    const run = suite.start();
    const { hash } = planOf(suite.sweep.spec);
    await expect.poll(() => redis.client.llen(WAITING)).toBeGreaterThan(10);
    const random = new TestRandom(1);
    const damage = () => Buffer.from(Array.from({ length: 100 }, () => random.word() >>> 24));
    for (const id of await redis.client.lrange(WAITING, 0, 2))
      await redis.client.hset(`initsweep:results:${hash}`, id.slice(hash.length + 2), damage());
    run.suffers('three results damaged');
    await expect.poll(() => run.notes.join(), { timeout: 10_000 }).toContain('damaged');
    await startWorker(redis.url);
    await suite.sound(run);
    expect(run.notes.filter((note) => note.includes('damaged'))).toHaveLength(3);
  });

  it.each([
    // What a process holds in Redis for as long as it is heard of.
    { who: 'worker', holds: `initsweep:kernel-${KERNEL_VERSION}:*:lock` },
    { who: 'coordinator', holds: 'initsweep:coordinator:*' },
  ] as const)('a network that is cut between Redis and the $who, and heals', async ({ who, holds }) => {
    const { redis } = suite;
    const proxy = await TestProxy.start(redis.port);
    onTestFinished(() => proxy.close());
    const run = suite.start(who === 'coordinator' ? proxy.url : redis.url);
    await startWorker(who === 'worker' ? proxy.url : redis.url);
    await run.reached(60);
    expect(await redis.client.keys(holds)).not.toEqual([]);
    const since = performance.now();
    proxy.cut();
    await expect.poll(() => redis.client.keys(holds), { timeout: 10_000 }).toEqual([]);
    run.suffers(`network of the ${who} cut until it was given up`, since);
    proxy.heal();
    await suite.sound(run);
    expect(run.notes.filter((note) => note.includes('damaged'))).toEqual([]);
  });
});

/** The fields of results as they arrive from now on, twice where they come twice. */
async function watchDeliveries(port: number): Promise<readonly string[]> {
  const fields: string[] = [];
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const lines = createInterface({ input: socket });
  socket.write('MONITOR\r\n');
  await once(lines, 'line');
  lines.on('line', (line) => {
    const [, field] = /"hsetnx" "[^"]*" "([^"]*)"/i.exec(line) ?? [];
    if (field !== undefined) fields.push(field);
  });
  return fields;
}
