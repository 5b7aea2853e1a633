import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { EXIT, RunError } from '../../src/errors.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { encodeTallies } from '../../src/execute/queue/answer.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { startWorker } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

describe.runIf(HAS_REDIS)('a worker that computes wrongly', () => {
  const folder = scratch();
  const config = writeConfig(folder, 'wrong.json', { fanIn: [1, 64, 256], samples: 2 ** 18 });
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.dispose());

  it('ends the run when another did its task too; the run goes on once it is gone', async () => {
    const sweep = await loadSweep(config);
    const results = `initsweep:results:${planOf(sweep.spec).hash}`;
    const embedded = { directory: join(folder, 'embedded'), threads: 1, open: openExecutor };
    const wanted = (await runSweep(sweep, embedded)).manifest.tables['estimates']?.sha256;
    const options = {
      directory: join(folder, 'queue'),
      threads: 1,
      open: openOnQueue(queueAddress(redis.url), { taskTime: 5e6, timing: { keep: 100, check: 500 } }),
    };

    const run = runSweep(sweep, options);
    const error: Promise<unknown> = run.then(
      () => null,
      (caught) => caught,
    );
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const queue = new Queue(`kernel-${KERNEL_VERSION}`, { connection, prefix: 'initsweep' });
    onTestFinished(() => queue.close());
    const [job] = await expect
      .poll(() => queue.getWaiting(0, 0))
      .toHaveLength(1)
      .then(() => queue.getWaiting(0, 0));
    if (job?.id === undefined) throw new Error('no job');
    const sound = await startWorker(redis.url);
    // Done, taken, and forgotten: as though its worker had been taken for dead, it is done again.
    await expect.poll(() => queue.getJob(job.id as string), { timeout: 20_000 }).toBeUndefined();
    sound.child.kill('SIGTERM');
    await sound.ended;
    const field = job.id.slice(job.id.indexOf('-') + 1);
    await expect.poll(() => redis.client.hexists(results, field), { timeout: 10_000 }).toBe(0);
    await queue.add(job.name, job.data, { jobId: job.id, lifo: true });
    const wrong = await startWorker(redis.url, { worker: './wrong-worker.mjs' });
    const told = (await error) as RunError;
    expect(told).toBeInstanceOf(RunError);
    expect(told.exitCode).toBe(EXIT.failed);
    expect(told.message).toContain(`task ${field}: received two different results from two workers`);
    expect(told.message).toContain('run again with --fresh');
    wrong.child.kill('SIGKILL');
    await wrong.ended;
    // One more that it left, wrong as well.
    await redis.client.hset(results, field, encodeTallies([]));
    await startWorker(redis.url);
    const { manifest } = await runSweep(sweep, { ...options, fresh: true });
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(wanted);
  });
});
