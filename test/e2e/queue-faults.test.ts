import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import type { QueueOptions } from '../../src/execute/queue/executor.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import type { Manifest } from '../../src/run/manifest.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { TestProxy } from '../support/proxy.ts';
import { eventsOf, SHORT, startCoordinator, startWorker } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

const TIMING = { keep: 1_000, check: 1_000, lease: 2_000 };
const TASK_TIME = 20e6;

describe.runIf(HAS_REDIS)('a sweep on a queue survives', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'faults.json', { fanIn: [1, 64, 512], samples: 2 ** 20 });
  let wanted: string | undefined;
  let redis: TestRedis;
  let runs = 0;
  /** What the coordinator noted. */
  const notes: string[] = [];

  beforeAll(async () => {
    const open = openExecutor;
    const { manifest } = await runSweep(await loadSweep(config), {
      directory: join(folder, 'embedded'),
      threads: 1,
      open,
    });
    wanted = manifest.tables['estimates']?.sha256;
  });
  beforeEach(async () => {
    notes.length = 0;
    redis = await TestRedis.start();
  });
  afterEach(() => redis.dispose());

  interface Going {
    /** Resolves when so many tallies are done. */
    reached(tallies: number): Promise<void>;
    /** Tallies. */
    done(): number;
    readonly finished: Promise<Manifest>;
    readonly directory: string;
  }

  /** Runs the sweep in this process, on the workers that are there. */
  async function go(options: QueueOptions = {}, url = redis.url): Promise<Going> {
    const directory = join(folder, `run-${runs++}`);
    const waiting: { readonly tallies: number; readonly resolve: () => void }[] = [];
    let done = 0;
    const onNote = (note: string): void => void notes.push(note);
    const open = openOnQueue(queueAddress(url), { taskTime: TASK_TIME, timing: TIMING, onNote, ...options });
    const finished = runSweep(await loadSweep(config), {
      directory,
      threads: 1,
      open,
      onProgress: ({ tallies }) => {
        done = tallies.done;
        for (const { tallies: wait, resolve } of waiting) if (done >= wait) resolve();
      },
    }).then(({ manifest }) => manifest);
    const reached = (tallies: number): Promise<void> =>
      new Promise((resolve, reject) => {
        if (done >= tallies) resolve();
        waiting.push({ tallies, resolve });
        finished.then(() => reject(new Error('finished too soon')), reject);
      });
    return { reached, done: () => done, finished, directory };
  }

  /** Waits for the end of a run, and compares its bytes. Says how long it took from now. */
  async function sound(finished: Promise<Manifest>, fault: string): Promise<Manifest> {
    const since = Date.now();
    const manifest = await finished;
    console.log(`${fault}: finished ${((Date.now() - since) / 1000).toFixed(1)} s later`);
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(wanted);
    return manifest;
  }

  it('workers that are killed, several of them', async () => {
    const run = await go();
    for (const tallies of [60, 180, 300]) {
      const worker = await startWorker(redis.url);
      await run.reached(tallies);
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    await startWorker(redis.url);
    await sound(run.finished, 'worker killed three times');
  });

  it('workers that are told to stop, and does nothing twice', async () => {
    const run = await go();
    const [first] = [await startWorker(redis.url), await startWorker(redis.url)];
    await run.reached(100);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await sound(run.finished, 'worker stopped');
    const events = eventsOf(await redis.client.xrange('initsweep:kernel-1:events', '-', '+'));
    expect(events.get('stalled')).toBeUndefined();
    expect(events.get('completed')).toBe(events.get('added'));
  });

  it('a coordinator that is killed, and goes on from where it was', async () => {
    await startWorker(redis.url);
    const directory = join(folder, `run-${runs++}`);
    const options = { url: redis.url, config, directory, taskTime: TASK_TIME, timing: TIMING };
    const first = startCoordinator(options);
    await first.says(/done [2-9]\d\d/);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startCoordinator(options);
    await second.says(`finished ${wanted}`);
    expect(await second.ended).toBe(0);
    expect(await redis.client.keys('initsweep:results:*')).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('Redis that ends with %s and comes back', async (signal) => {
    const run = await go();
    await startWorker(redis.url);
    await run.reached(100);
    await redis.end(signal);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await redis.begin();
    await sound(run.finished, `Redis ended with ${signal}`);
    expect(notes.join()).toContain('the queue is back');
  });

  it('Redis that forgets everything', async () => {
    const run = await go();
    await startWorker(redis.url);
    await run.reached(100);
    await redis.client.flushall();
    await sound(run.finished, 'Redis wiped');
  });

  it('Redis that forgets the last of what it was told', async () => {
    const run = await go();
    await startWorker(redis.url);
    await run.reached(100);
    await redis.end('SIGKILL');
    const log = join(redis.directory, 'appendonlydir');
    const last = readdirSync(log).find((name) => name.endsWith('.incr.aof')) as string;
    truncateSync(join(log, last), Math.floor(0.6 * statSync(join(log, last)).size));
    await redis.begin();
    await sound(run.finished, 'tail of the log lost');
  });

  it('Redis without memory', async () => {
    const run = await go();
    await startWorker(redis.url);
    await run.reached(100);
    await redis.client.config('SET', 'maxmemory', '1mb');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await redis.client.config('SET', 'maxmemory', '0');
    await sound(run.finished, 'memory was full for 3 s');
  });

  it('a block that kills every worker, at the price of that block', async () => {
    const run = await go();
    let stopped = false;
    const replaceWorkers = async (): Promise<number> => {
      for (let killed = 0; ; killed++) {
        const worker = await startWorker(redis.url, { worker: './poisoned-worker.mjs', mostStalls: 0 });
        void run.finished.finally(() => worker.child.kill('SIGTERM')).catch(() => {});
        if ((await worker.ended) !== 'SIGKILL' || stopped) return killed;
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
  });

  it('a worker that was taken for dead and delivers all the same', async () => {
    const timing = { lock: 600, stalled: 150 };
    const run = await go();
    const slow = await startWorker(redis.url, { timing });
    await run.reached(30);
    slow.child.kill('SIGSTOP');
    await startWorker(redis.url, { timing });
    const stream = 'initsweep:kernel-1:events';
    const stalled = async () => eventsOf(await redis.client.xrange(stream, '-', '+')).get('stalled') ?? 0;
    await expect.poll(stalled, { timeout: 10_000 }).toBeGreaterThan(0);
    let isOver = false;
    void run.finished.finally(() => {
      isOver = true;
    });
    await run.reached(90);
    expect(isOver).toBe(false);
    slow.child.kill('SIGCONT');
    await sound(run.finished, 'worker silent for a second');
  });

  it('results that are damaged on their way', async () => {
    const run = await go();
    const { hash } = planOf((await loadSweep(config)).spec);
    const waiting = `initsweep:kernel-1:wait`;
    await expect.poll(() => redis.client.llen(waiting)).toBeGreaterThan(10);
    for (const id of await redis.client.lrange(waiting, 0, 2))
      await redis.client.hset(`initsweep:results:${hash}`, id.slice(hash.length + 2), randomBytes(100));
    await expect.poll(() => notes.join(), { timeout: 10_000 }).toContain('damaged');
    await startWorker(redis.url);
    await sound(run.finished, 'three results damaged');
    expect(notes.filter((note) => note.includes('damaged'))).toHaveLength(3);
  });

  it.each(['worker', 'coordinator'] as const)(
    'a network that is cut between Redis and the %s, and heals',
    async (who) => {
      const proxy = await TestProxy.start(redis.port);
      onTestFinished(() => proxy.close());
      const run = await go({}, who === 'coordinator' ? proxy.url : redis.url);
      await startWorker(who === 'worker' ? proxy.url : redis.url);
      await run.reached(60);
      proxy.cut();
      // What was under way.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const done = run.done();
      await new Promise((resolve) => setTimeout(resolve, SHORT.lock + 500));
      expect(run.done()).toBe(done);
      proxy.heal();
      await sound(run.finished, `network of the ${who} cut for 3 s`);
      expect(notes.filter((note) => note.includes('damaged'))).toEqual([]);
    },
  );
});
