import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { thisProcess } from '../../src/execute/process-identity.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { fieldOf, idOf, type QueueJob, readJob } from '../../src/execute/queue/job.ts';
import { publishSweep } from '../../src/execute/queue/notice.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { workersOf } from '../../src/execute/queue/roster.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import type { OnProgress } from '../../src/run/progress.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { has } from '../support/programs.ts';
import { eventsOf, watchDeliveries } from '../support/queue.ts';
import { hashes, runQuietly, start, startCliWorker } from '../support/queue-cli.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

describe.runIf(HAS_REDIS)('a sweep on a queue', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'queue.json', { fanIn: [1, 64, 256], samples: 2 ** 18 });
  let redis: TestRedis;
  let wanted: string[];

  beforeAll(async () => {
    redis = await TestRedis.start();
    wanted = await run('embedded');
  });
  afterAll(() => redis.dispose());

  const run = (name: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
    runQuietly(config, join(folder, name), args, environment);

  it.each([1, 2, 4])('has the same bytes with %i worker processes, each of which does some of it', async (count) => {
    const workers = await Promise.all(Array.from({ length: count }, () => startCliWorker(redis.url)));
    const jobs = await runOn(redis, `workers-${count}`);
    const { host } = thisProcess();
    const standing = async () => {
      const { stdout } = await start(['status', '--queue', redis.url]).ended;
      const line =
        /^ {2}(\S+) \(process (\d+)\): 1 thread, 0 busy, (\d+) tasks in (.*) \((.*)\/s\), 0 failed, kernel \d+$/gm;
      return { stdout, rows: [...stdout.matchAll(line)].map(([, at, pid, done, , rate]) => ({ at, pid, done, rate })) };
    };
    const total = async () => (await standing()).rows.reduce((sum, { done }) => sum + Number(done), 0);
    // Workers report every two seconds.
    await expect.poll(total, { timeout: 10_000 }).toBe(jobs);
    const { stdout, rows } = await standing();
    expect(stdout).toContain(`${redis.url}: ${count} worker${count === 1 ? '' : 's'} with ${count} thread`);
    expect(stdout).toContain('\ntasks: 0 waiting, 0 with workers, 0 failed\n0 sweeps\n');
    expect(rows.map(({ pid }) => Number(pid)).sort()).toEqual(workers.map(({ child }) => child.pid).sort());
    for (const { at, done, rate } of rows) {
      expect(at).toBe(host);
      expect(Number(done)).toBeGreaterThan(0);
      expect(Number(rate)).toBeGreaterThan(0);
    }
    for (const { child, ended } of workers) {
      child.kill('SIGTERM');
      expect((await ended).status).toBe(0);
    }
    expect(
      (await redis.client.keys('*')).filter((key) => !/:kernel-\d+:(events|id|meta|stalled-check)$/.test(key)),
    ).toEqual([]);
  });

  /** Runs the sweep in this process, in small tasks, and compares its bytes. Returns the number of tasks. */
  async function runOn(store: TestRedis, name: string): Promise<number> {
    const directory = join(folder, name);
    const before = await jobsAdded(store);
    const open = openOnQueue(queueAddress(store.url), { taskTime: 5e6 });
    await runSweep(await loadSweep(config), { directory, threads: 1, open });
    expect(hashes(directory)).toEqual(wanted);
    return (await jobsAdded(store)) - before;
  }

  it('has nothing done twice when one of two busy workers is told to stop', async () => {
    const store = await TestRedis.start();
    onTestFinished(() => store.dispose());
    const stopped = await startCliWorker(store.url);
    await startCliWorker(store.url);
    const deliveries = await watchDeliveries(store.port);
    const began = performance.now();
    const open = openOnQueue(queueAddress(store.url), { taskTime: 25e6 });
    let isTold = false;
    const onProgress: OnProgress = ({ tallies }) => {
      if (!isTold && tallies.done > 20) isTold = stopped.child.kill('SIGTERM');
    };
    const busy = await loadSweep(writeConfig(folder, 'busy.json', { fanIn: [512], samples: 2 ** 20 }));
    const run = await runSweep(busy, { directory: join(folder, 'busy'), threads: 1, open, onProgress });
    expect(run.manifest).toMatchObject({ status: 'finished', failures: [] });
    // What it had in hand and had not ended would have waited for the end of its lock, for 30 seconds.
    expect(performance.now() - began).toBeLessThan(25_000);
    const jobs = await jobsAdded(store);
    expect((await stopped.ended).status).toBe(0);
    expect(stopped.said()).toContain('SIGTERM: ends what its threads work at');
    expect(new Set(deliveries).size).toBe(jobs);
    expect(deliveries).toHaveLength(jobs);
    const events = await store.client.xrange(`initsweep:kernel-${KERNEL_VERSION}:events`, '-', '+');
    expect(eventsOf(events).get('stalled')).toBeUndefined();
  });

  it('has no result of a worker that is told to stop twice, and ends at once', async () => {
    const store = await TestRedis.start();
    onTestFinished(() => store.dispose());
    const worker = await startCliWorker(store.url);
    const long = await loadSweep(writeConfig(folder, 'long.json', { fanIn: [4096], samples: 2 ** 24 }));
    const controller = new AbortController();
    const open = openOnQueue(queueAddress(store.url));
    const ended = runSweep(long, { directory: join(folder, 'left'), threads: 1, open, signal: controller.signal });
    ended.catch(() => {});
    await expect.poll(() => store.client.llen(`initsweep:kernel-${KERNEL_VERSION}:active`)).toBeGreaterThan(0);
    worker.child.kill('SIGTERM');
    await worker.says('ends what its threads work at');
    const since = performance.now();
    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(3);
    // Not the 20 seconds after which it ends in any case.
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(await store.client.hlen(`initsweep:results:${planOf(long.spec).hash}`)).toBe(0);
    controller.abort();
    await expect(ended).rejects.toThrow('stopped');
  });

  describe.runIf(has('Valkey'))('on Valkey', () => {
    it('has the same bytes with 2 worker processes', async () => {
      const valkey = await TestRedis.startStore('valkey-server');
      onTestFinished(() => valkey.dispose());
      expect(await valkey.client.info('server')).toContain('server_name:valkey');
      await Promise.all([startCliWorker(valkey.url), startCliWorker(valkey.url)]);
      await runOn(valkey, 'valkey');
    });
  });

  it('shows in its status how many tasks wait, and which have failed', async () => {
    const controller = new AbortController();
    const ended = runSweep(await loadSweep(config), {
      directory: join(folder, 'seen'),
      threads: 1,
      open: openOnQueue(queueAddress(redis.url), { taskTime: 5e6 }),
      signal: controller.signal,
    });
    ended.catch(() => {});
    await expect.poll(() => redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`)).toBeGreaterThan(10);
    const waiting = await redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`);
    await redis.client.zadd(`initsweep:kernel-${KERNEL_VERSION}:failed`, 1, 'p0-s1');
    await redis.client.hset(`initsweep:kernel-${KERNEL_VERSION}:p0-s1`, {
      ...{ name: 'simulate', data: '{}', opts: '{}', timestamp: 1, finishedOn: 1 },
      failedReason: 'out of memory',
    });
    const { stdout } = await start(['status', '--queue', redis.url]).ended;
    expect(stdout).toContain(
      `\ntasks: ${waiting} waiting, 0 with workers, 1 failed\n  p0-s1: out of memory\n1 sweep\n`,
    );
    expect(stdout).toMatch(
      new RegExp(
        `^  small \\(plan [0-9a-f]{12}, kernel ${KERNEL_VERSION}\\): 0 tasks done, \\d+ pending, 0 failed; process ${process.pid} on`,
        'm',
      ),
    );
    controller.abort();
    await expect(ended).rejects.toThrow('stopped');
    await redis.client.del(`initsweep:kernel-${KERNEL_VERSION}:failed`, `initsweep:kernel-${KERNEL_VERSION}:p0-s1`);
  });

  it('runs from the command line, and leaves nothing behind', async () => {
    await startCliWorker(redis.url);
    expect(await run('command-line', ['--queue', redis.url])).toEqual(wanted);
    expect(await redis.client.keys('initsweep:results:*')).toEqual([]);
    expect(await redis.client.hgetall('initsweep:sweeps')).toEqual({});
  });

  it('says that it waits for a worker', async () => {
    await redis.client.del('initsweep:workers');
    const { child, says, ended } = start(['run', config, '--out', join(folder, 'waiting'), '--queue', redis.url]);
    await says(`no worker at this queue: waiting for one of kernel version ${KERNEL_VERSION}`);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(3);
  });

  it('refuses jobs that are none, or not of the plan they name', async () => {
    const { spec, datasets } = await loadSweep(config);
    const plan = planOf(spec, datasets);
    await publishSweep(redis.client, plan, datasets);
    const { Queue } = await import('bullmq');
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const queue = new Queue(`kernel-${KERNEL_VERSION}`, { connection, prefix: 'initsweep' });
    const ranges = { inputs: [0, 2], fanIns: [0, 3], blocks: [0, 8] } as const;
    const job: QueueJob = { kind: 'simulate', kernel: KERNEL_VERSION, plan: plan.hash, band: 1, ...ranges };
    const hostile: readonly (readonly [data: unknown, reason: RegExp])[] = [
      ['rm -rf /', /no job of initsweep/],
      [{ ...job, kind: 'shell' }, /no job of initsweep/],
      [{ ...job, file: '/etc/passwd' }, /no job of initsweep/],
      [{ ...job, blocks: [8, 8] }, /no job of initsweep/],
      [{ ...job, plan: '../../etc/passwd' }, /no job of initsweep/],
      [{ ...job, kernel: '0' }, new RegExp(`a job of kernel version 0 for a worker of ${KERNEL_VERSION}`)],
      [{ ...job, plan: 'a'.repeat(64) }, /no sweep of this plan/],
      [{ ...job, blocks: [0, 9e6] }, /no such work in plan/],
      [{ ...job, inputs: [1, 3] }, /no such work in plan/],
      [{ ...job, band: 64 }, /no such work in plan/],
    ];
    const { child } = await startCliWorker(redis.url);
    const fate = async (data: unknown, jobId: string): Promise<string> => {
      await queue.add('simulate', data, { jobId });
      const reason = async () => (await queue.getJob(jobId))?.failedReason ?? '';
      await expect.poll(reason, { timeout: 10_000 }).not.toBe('');
      return reason();
    };
    for (const [i, [data, reason]] of hostile.entries()) {
      const isJob = readJob(data) !== null;
      expect(await fate(data, isJob ? idOf(data as QueueJob) : `hostile-${i}`)).toMatch(reason);
    }
    expect(await fate(job, 'by-another-name')).toMatch(/no job of initsweep/);
    // None of it costs the task itself an attempt.
    expect(await redis.client.hkeys(`initsweep:results:${plan.hash}`)).not.toContain(fieldOf(job));
    const failed = hostile.length + 1;
    // Workers report every two seconds.
    const reported = async () => [...(await workersOf(redis.client)).values()].find(({ pid }) => pid === child.pid);
    await expect.poll(reported, { timeout: 10_000 }).toMatchObject({ done: 0, failed });
    const { stdout } = await start(['status', '--queue', redis.url]).ended;
    expect(stdout).toContain(
      `\ntasks: 0 waiting, 0 with workers, ${failed} failed\n  by-another-name: no job of initsweep\n`,
    );
    expect(stdout).toMatch(new RegExp(`\\(process ${child.pid}\\): .*, ${failed} failed, kernel`));
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.client.flushall();
  });
});

async function jobsAdded(store: TestRedis): Promise<number> {
  return eventsOf(await store.client.xrange(`initsweep:kernel-${KERNEL_VERSION}:events`, '-', '+')).get('added') ?? 0;
}
