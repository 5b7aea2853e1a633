import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadSweep } from '../../src/config/load.ts';
import { EXIT, RunError } from '../../src/errors.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { encodeTallies } from '../../src/execute/queue/answer.ts';
import { QueueExecutor } from '../../src/execute/queue/executor.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { experimentOf, planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import { Arena } from '../../src/memory/arena.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { arenaRoom, groupsOf, slotCount } from '../../src/sweep/groups.ts';
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

  it.each([
    ['anew', true],
    ['where it was', false],
  ])('ends the run when another did its task too; once it is gone, the run goes on %s', async (_, fresh) => {
    const notes: string[] = [];
    const sweep = await loadSweep(config);
    const results = `initsweep:results:${planOf(sweep.spec).hash}`;
    const embedded = { directory: join(folder, `embedded-${fresh}`), threads: 1, open: openExecutor };
    const wanted = (await runSweep(sweep, embedded)).manifest.tables['estimates']?.sha256;
    const options = {
      directory: join(folder, `queue-${fresh}`),
      threads: 1,
      open: openOnQueue(queueAddress(redis.url), {
        taskTime: 5e6,
        timing: { keep: 100, check: 500 },
        onNote: (note) => notes.push(note),
      }),
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
    notes.length = 0;
    const { manifest } = await runSweep(sweep, { ...options, fresh });
    expect(notes).toContain('workers disagreed when this was last run: what they left is done again');
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(wanted);
  });

  it('is not forgotten when no task waits, nor is anything else unless the run is done', async () => {
    const { spec, datasets } = await loadSweep(config);
    const plan = planOf(spec, datasets);
    const [results, notice] = [`initsweep:results:${plan.hash}`, `initsweep:sweep:${plan.hash}`];
    const [group] = groupsOf(plan);
    const [band] = group === undefined ? [] : experimentOf(plan).bandsOf(plan, group);
    if (group === undefined || band === undefined) throw new Error('no work');
    const slots = slotCount(plan, group);
    const arena = Arena.allocate(slots, arenaRoom(plan, slots)).buffer;
    const notes: string[] = [];
    const open = () => {
      const options = { timing: { check: 100 }, onNote: (note: string) => notes.push(note) };
      return QueueExecutor.open(queueAddress(redis.url), plan, datasets, new InlineExecutor(plan), options);
    };
    const submit = (executor: QueueExecutor, firstBlock: number) =>
      executor.submit({ kind: 'simulate', group, band: band.id, firstBlock, lastBlock: firstBlock + 1, arena });
    await startWorker(redis.url);

    const first = await open();
    await submit(first, 0);
    await redis.client.hset(results, { 'alarm-s1-b0-1': 'x', early: 'x' });
    await redis.client.rpush(`initsweep:arrivals:${plan.hash}`, 'alarm-s1-b0-1');
    // It has heard of it.
    await expect.poll(() => redis.client.hkeys(results)).toEqual(['alarm-s1-b0-1']);
    await expect(submit(first, 1)).rejects.toThrow(RunError);
    await first.close();
    expect(await redis.client.hkeys(results)).toEqual(['alarm-s1-b0-1']);

    const second = await open();
    expect(notes.join()).toContain('workers disagreed');
    await submit(second, 2);
    await redis.client.hset(results, 'early', 'x');
    await second.close();
    expect(await redis.client.hkeys(results)).toEqual(['early']);
    expect(await redis.client.exists(notice)).toBe(1);

    const third = await open();
    await submit(third, 3);
    await third.close(true);
    expect(await redis.client.exists(results, notice)).toBe(0);

    const last = await open();
    await submit(last, 4);
    await redis.client.hset(results, { 'alarm-s1-b4-5': 'x', early: 'x' });
    await redis.client.rpush(`initsweep:arrivals:${plan.hash}`, 'alarm-s1-b4-5');
    // It has heard of it, and done the last that it does then.
    await expect.poll(() => redis.client.hkeys(results)).toEqual(['alarm-s1-b4-5']);
    await expect.poll(() => redis.client.ttl(results)).toBeGreaterThan(0);
    notes.length = 0;
    await last.close(true);
    expect(notes.join()).toContain('two different results');
    expect(await redis.client.hkeys(results)).toEqual(['alarm-s1-b4-5']);
  });
});
