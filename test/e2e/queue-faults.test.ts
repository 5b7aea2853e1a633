import { describe, expect, it, onTestFinished } from 'vitest';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { HEADER, journalFiles, segmentBytes } from '../support/journal.ts';
import { TestProxy } from '../support/proxy.ts';
import { eventsOf, startCoordinator, startWorker, tasksThat, watchDeliveries } from '../support/queue.ts';
import { FaultSuite, sacrifice, sayRecovery, TASK_TIME, TIMING } from '../support/queued-run.ts';
import { TestRandom } from '../support/random.ts';
import { HAS_REDIS } from '../support/redis.ts';

const EVENTS = `initsweep:kernel-${KERNEL_VERSION}:events`;
const WAITING = `initsweep:kernel-${KERNEL_VERSION}:wait`;

describe.runIf(HAS_REDIS)('a sweep on a queue survives', () => {
  const suite = new FaultSuite();
  const events = async () => eventsOf(await suite.redis.client.xrange(EVENTS, '-', '+'));

  it('workers that are killed, several of them', async () => {
    const run = suite.start();
    for (let killed = 0; killed < 3; killed++) {
      const worker = await startWorker(suite.redis.url);
      await worker.says('ends');
      const held = await run.catchAtWork(worker);
      await run.suffers('worker killed', performance.now(), held);
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    await startWorker(suite.redis.url);
    await suite.sound(run);
  });

  it('workers that are told to stop, and does nothing twice', async () => {
    const run = suite.start();
    const workers = [await startWorker(suite.redis.url), await startWorker(suite.redis.url)] as const;
    await run.reached(100);
    workers[0].child.kill('SIGTERM');
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
    const worker = await startWorker(suite.redis.url, { timing: { lock: 30_000, stalled: 500 } });
    const { config, wanted } = suite;
    const directory = suite.directory();
    const options = { url: suite.redis.url, config, directory, taskTime: TASK_TIME, timing: TIMING };
    const first = startCoordinator(options);
    await first.says(/done [2-9]\d\d/);
    // Nothing is done before it has something in its journal, and nothing of that is left in Redis.
    worker.child.kill('SIGSTOP');
    const written = () => (journalFiles(directory).length === 0 ? 0 : segmentBytes(directory).length);
    await expect.poll(written, { timeout: 10_000 }).toBeGreaterThan(HEADER);
    await expect.poll(() => suite.redis.client.keys('initsweep:results:*'), { timeout: 10_000 }).toEqual([]);
    const since = performance.now();
    first.child.kill('SIGKILL');
    await first.ended;
    worker.child.kill('SIGCONT');
    const second = startCoordinator(options);
    await second.says(/^found \d+\n/m);
    const tallies = (verb: string) =>
      [...second.said().matchAll(new RegExp(`^${verb} (\\d+)\n`, 'gm'))].map(([, count]) => Number(count));
    const [found = 0] = tallies('found');
    expect(found).toBeGreaterThan(0);
    // It counts what it found as done.
    await expect.poll(() => Math.max(...tallies('done')), { timeout: 10_000 }).toBeGreaterThan(found);
    sayRecovery('coordinator killed', since);
    await second.says(`finished ${wanted}`);
    expect(await second.ended).toBe(0);
    expect(await suite.redis.client.keys('initsweep:results:*')).toEqual([]);
  });

  // Workers start one after another, which takes its time.
  it('a block that kills every worker, at the price of that block', async () => {
    const run = suite.start();
    // The first death of a worker is one too many for its jobs: by default each would need four.
    const dead = await sacrifice(run, suite.redis.url, { mostStalls: 0 });
    const { status, failures } = await run.finished;
    // With its neighbours, alone among suspects; then the block by itself, three times.
    expect(dead).toBe(5);
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
    const held = await run.catchAtWork(slow);
    await run.suffers('worker silent', performance.now(), held);
    await startWorker(redis.url, { timing });
    await expect.poll(async () => (await events()).get('stalled') ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    await run.reached(90);
    slow.child.kill('SIGCONT');
    // What it had in hand others have delivered, or will.
    await expect.poll(() => deliveries.length - new Set(deliveries).size, { timeout: 10_000 }).toBeGreaterThan(0);
    await suite.sound(run);
  });

  it('results that are damaged on their way', async () => {
    const { client, url } = suite.redis;
    const run = suite.start();
    const { hash } = planOf(suite.sweep.spec);
    await startWorker(url);
    await run.reached(500);
    const random = new TestRandom(1);
    const damage = () => Buffer.from(Array.from({ length: 100 }, () => random.word() >>> 24));
    // Those that it comes to last.
    const fields = run.fields(await client.lrange(WAITING, 0, 2));
    const since = performance.now();
    for (const field of fields)
      await client
        .multi()
        .hset(`initsweep:results:${hash}`, field, damage())
        .rpush(`initsweep:arrivals:${hash}`, field)
        .exec();
    await run.suffers('three results damaged', since, fields);
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
    // What was under way has long come.
    await run.suffers(`network of the ${who} cut until it was given up`, since, 'any');
    proxy.heal();
    await suite.sound(run);
    expect(run.notes.filter((note) => note.includes('damaged'))).toEqual([]);
  });
});
