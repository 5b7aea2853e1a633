import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { idOf, type QueueJob, SUSPECT } from '../../src/execute/queue/job.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, startInitsweep, writeConfig } from '../support/cli.ts';
import { startWorker } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

describe.runIf(HAS_REDIS)('a worker that can do nothing', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'worker.json', { samples: 2 ** 16 });
  let redis: TestRedis;

  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(() => redis.dispose());

  /** The queue that workers look at, with one job, which is none of initsweep. */
  async function queueOfOne(): Promise<Queue> {
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const queue = new Queue(`kernel-${KERNEL_VERSION}`, { connection, prefix: 'initsweep' });
    queue.on('error', () => {});
    onTestFinished(() => queue.close());
    await queue.add('simulate', 'nothing', { jobId: 'stranger' });
    return queue;
  }

  /** A user of Redis who may do this. */
  async function user(...rules: string[]): Promise<string> {
    await redis.client.call('ACL', 'SETUSER', 'limited', 'on', '>secret', ...rules);
    return redis.url.replace('//', '//limited:secret@');
  }

  it('because Redis is full, asks now and then, and goes on when there is room', async () => {
    const queue = await queueOfOne();
    await redis.client.config('SET', 'maxmemory', '1');
    const worker = await startWorker(redis.url);
    await worker.says('the queue gives no jobs (OOM');
    await redis.client.config('RESETSTAT');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const stats = await redis.client.info('commandstats');
    const refused = /cmdstat_evalsha:.*failed_calls=(\d+)/.exec(stats)?.[1] ?? '0';
    // One or two looks for a job each time, and one for jobs whose worker has died.
    expect(Number(refused)).toBeLessThan(20);
    await redis.client.config('SET', 'maxmemory', '0');
    await expect.poll(() => queue.getFailedCount(), { timeout: 15_000 }).toBe(1);
    expect(worker.said().match(/gives no jobs/g)).toHaveLength(1);
  });

  it('because its user may not, says so and ends with code 2', async () => {
    await queueOfOne();
    process.env['INITSWEEP_QUEUE_URL'] = await user('~*', '+@all', '-evalsha');
    onTestFinished(() => void delete process.env['INITSWEEP_QUEUE_URL']);
    const { ended } = startInitsweep('worker', '--threads', '1');
    const { status, stderr } = await ended;
    expect(stderr).toMatch(/a user or password that Redis refuses \(NOPERM .*evalsha/);
    expect(stderr).not.toContain('secret');
    expect(status).toBe(2);
  });

  it('because its user may not look at the sweep, leaves the job to others', async () => {
    const sweep = await loadSweep(config);
    const { hash } = planOf(sweep.spec);
    const controller = new AbortController();
    const open = openOnQueue(queueAddress(redis.url), { taskTime: 5e9 });
    const run = runSweep(sweep, { directory: join(folder, 'left'), threads: 1, open, signal: controller.signal });
    run.catch(() => {});
    await expect.poll(() => redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`)).toBeGreaterThan(0);
    const jobs = await redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`);
    const ours = [`kernel-${KERNEL_VERSION}`, 'results', 'arrivals', 'workers', 'sweeps'].map(
      (key) => `~initsweep:${key}*`,
    );
    const worker = await startWorker(await user(...ours, '+@all'));
    expect(await worker.ended).toBe(2);
    expect(await redis.client.hkeys(`initsweep:results:${hash}`)).toEqual([]);
    expect(await redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`)).toBe(jobs);
    controller.abort();
    await expect(run).rejects.toThrow('stopped');
  });

  it('because the job may kill it too, fails the job', async () => {
    const queue = await queueOfOne();
    const ranges = { inputs: [0, 1], fanIns: [0, 1], blocks: [0, 1] } as const;
    const job: QueueJob = { kind: 'simulate', kernel: KERNEL_VERSION, plan: 'a'.repeat(64), band: 1, ...ranges };
    await queue.add(SUSPECT, job, { jobId: idOf(job) });
    // It had a worker, which died.
    await redis.client.hset(`initsweep:kernel-${KERNEL_VERSION}:${idOf(job)}`, 'stc', 1);
    await startWorker(redis.url);
    const reason = async () => (await queue.getJob(idOf(job)))?.failedReason;
    await expect.poll(reason, { timeout: 10_000 }).toBe('a job whose worker died, once more');
    expect(await redis.client.keys('initsweep:results:*')).toEqual([]);
  });

  it('because its threads do not start, ends with code 4, and the sweep goes on with another', async () => {
    const sweep = await loadSweep(config);
    const embedded = { directory: join(folder, 'embedded'), threads: 1, open: openExecutor };
    const wanted = (await runSweep(sweep, embedded)).manifest.tables['estimates']?.sha256;
    process.env['INITSWEEP_TEST_START'] = JSON.stringify(['exit', 1e9, join(folder, 'starts')]);
    const broken = await startWorker(redis.url, { worker: './faulty-worker.mjs' });
    delete process.env['INITSWEEP_TEST_START'];
    const open = openOnQueue(queueAddress(redis.url), { taskTime: 5e6 });
    const run = runSweep(sweep, { directory: join(folder, 'queue'), threads: 1, open });
    run.catch(() => {});
    expect(await broken.ended).toBe(4);
    expect(broken.said()).toContain('worker threads: received a worker thread that ended with exit code 5');
    await startWorker(redis.url);
    const { manifest } = await run;
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(wanted);
  });

  it('for a sweep whose plan is too much for a thread, ends that run, and does the others', async () => {
    const inputs = Array.from({ length: 12_000 }, (_, i) => ({ kind: 'normal', mean: i / 1000 }));
    const large = await loadSweep(writeConfig(folder, 'large.json', { samples: 4096, fanIn: [4], inputs }));
    const sweep = await loadSweep(config);
    const worker = await startWorker(redis.url, { limits: { maxOldGenerationSizeMb: 8 } });
    const open = openOnQueue(queueAddress(redis.url), { taskTime: 5e6 });
    const run = (name: string, what: typeof sweep) =>
      runSweep(what, { directory: join(folder, name), threads: 1, open });
    await expect(run('large', large)).rejects.toThrow('received a plan that does not fit in the 8 MB');
    expect((await run('small', sweep)).manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(worker.child.exitCode).toBeNull();
  });

  it('because Redis is away, reports once when it is back', async () => {
    await startWorker(redis.url);
    await redis.end('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await redis.begin();
    await expect.poll(() => redis.client.hlen('initsweep:workers'), { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const stats = await redis.client.info('commandstats');
    // Two for each report, and nobody else asks.
    expect(Number(/cmdstat_time:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(4);
  });
});
