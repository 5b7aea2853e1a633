import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoadedSweep, loadSweep } from '../../src/config/load.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { idPrefix } from '../../src/execute/queue/job.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import type { Manifest } from '../../src/run/manifest.ts';
import { mergeRuns } from '../../src/run/merge-runs.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { groupsOf } from '../../src/sweep/groups.ts';
import { scratch, writeConfig } from '../support/cli.ts';
import { type Helper, startWorker, tasksThat } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';

const VALUES = 'value\n1\n2\n3.5\n4.25\n-7\n11\n';

describe.runIf(HAS_REDIS)('on a queue, with the bytes of a pool, run', () => {
  const folder = scratch();
  let redis: TestRedis;
  let runs = 0;
  /** What the coordinators noted. */
  const notes: string[] = [];

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  beforeEach(() => {
    notes.length = 0;
  });
  afterAll(() => redis.dispose());

  async function run(sweep: LoadedSweep, where: 'pool' | 'queue', name = `run-${runs++}`): Promise<Manifest> {
    const onNote = (note: string): void => void notes.push(note);
    const open =
      where === 'pool'
        ? openExecutor
        : openOnQueue(queueAddress(redis.url), { taskTime: 2e6, timing: { keep: 500 }, onNote });
    const { manifest } = await runSweep(sweep, { directory: join(folder, name), threads: 1, open });
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    return manifest;
  }

  const digests = ({ tables }: Manifest) => Object.values(tables).map(({ sha256 }) => sha256);

  /** Runs a sweep on both. Returns what the queue's run says. */
  async function compare(sweep: LoadedSweep): Promise<Manifest> {
    const wanted = await run(sweep, 'pool');
    const queued = await run(sweep, 'queue');
    expect(digests(queued)).toEqual(digests(wanted));
    expect(digests(queued)).toHaveLength(2);
    return queued;
  }

  it('inputs from a data file, which workers do not have', async () => {
    writeFileSync(join(folder, 'values.csv'), VALUES);
    const inputs = ['normal', { kind: 'empirical', file: 'values.csv', column: 'value' }];
    const sweep = await loadSweep(writeConfig(folder, 'empirical.json', { inputs }));
    // Gone before any worker could look for it.
    writeFileSync(join(folder, 'values.csv'), 'value\n0\n1\n');
    await startWorker(redis.url);
    await compare(sweep);
    const { hash } = planOf(sweep.spec, sweep.datasets);
    expect(await redis.client.exists(`initsweep:sweep:${hash}`)).toBe(0);
  });

  it('rounds until a precision is reached', async () => {
    const precision = { statistic: 'z_var', relative: 0.004, maxSamples: 524288 };
    const sweep = await loadSweep(
      writeConfig(folder, 'precise.json', { fanIn: [4, 64], beta: [1], inputs: ['normal', 'rademacher'], precision }),
    );
    await startWorker(redis.url);
    const { precision: round, blocks } = await compare(sweep);
    expect(round).toMatchObject({ decision: 'reached' });
    expect(blocks[1]).toBeGreaterThan(64);
  });

  it('groups that are simulated at once', async () => {
    // 6,144 tallies of each input: a group of its own.
    const changes = { inputs: ['normal', 'uniform', 'rademacher'], samples: 2 ** 18, blocks: 1024 };
    const sweep = await loadSweep(writeConfig(folder, 'groups.json', changes));
    expect(groupsOf(planOf(sweep.spec))).toHaveLength(3);
    await startWorker(redis.url);
    await compare(sweep);
  });

  it('shares of a sweep, which become the run', async () => {
    const sweep = await loadSweep(writeConfig(folder, 'shares.json'));
    const wanted = await run(sweep, 'pool');
    await startWorker(redis.url);
    const shares = [0, 1, 2].map((index) => join(folder, `share-${index}`));
    for (const [index, directory] of shares.entries()) {
      const open = openOnQueue(queueAddress(redis.url), { taskTime: 2e6 });
      await runSweep(sweep, { directory, threads: 1, open, shard: { index, of: shares.length } });
    }
    const { manifest } = await mergeRuns(shares, { directory: join(folder, 'whole'), threads: 1, open: openExecutor });
    expect(digests(manifest)).toEqual(digests(wanted));
  });

  it('two sweeps at once, which do not touch each other', async () => {
    // Of several rounds.
    const precision = { statistic: 'z_var', relative: 0.012, maxSamples: 131072 };
    const changes = { fanIn: [4, 64], beta: [1], inputs: ['normal'], precision };
    const sweeps = await Promise.all(
      ['one', 'other'].map((seed) => loadSweep(writeConfig(folder, `${seed}.json`, { ...changes, seed }))),
    );
    const wanted = [];
    for (const sweep of sweeps) wanted.push(digests(await run(sweep, 'pool')));
    expect(wanted[0]).not.toEqual(wanted[1]);
    const workers: readonly Helper[] = [await startWorker(redis.url), await startWorker(redis.url)];
    const going = sweeps.map((sweep) => run(sweep, 'queue'));
    expect((await Promise.all(going)).map(digests)).toEqual(wanted);
    // Neither has to wait until the other is over: rounds of one come between those of the other.
    const [one, other] = sweeps.map(({ spec }) => idPrefix(planOf(spec).hash)) as [string, string];
    for (const [early, late] of [
      [one, other],
      [other, one],
    ] as const) {
      const isBetween = (worker: Helper): boolean => {
        const jobs = tasksThat('begins', [worker]);
        return jobs.findIndex((id) => id.startsWith(early)) < jobs.findLastIndex((id) => id.startsWith(late));
      };
      expect(workers.some(isBetween)).toBe(true);
    }
    expect(notes).toEqual([]);
    for (const left of ['results', 'arrivals', 'sweep', 'coordinator'])
      expect(await redis.client.keys(`initsweep:${left}:*`)).toEqual([]);
    for (const { child } of workers) expect(child.exitCode).toBeNull();
  });

  it('five sweeps at once, on no more threads than two', async () => {
    const sweeps = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        loadSweep(writeConfig(folder, `five-${i}.json`, { seed: `${i}`, samples: 2 ** 18 })),
      ),
    );
    const wanted = [];
    for (const sweep of sweeps) wanted.push(digests(await run(sweep, 'pool')));
    const { child } = await startWorker(redis.url, { threads: 2 });
    const status = () => readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const threads = () => Number(/^Threads:\s+(\d+)$/m.exec(status())?.[1]);
    const counts = [threads()];
    const looks = setInterval(() => counts.push(threads()), 20);
    const going = sweeps.map((sweep) => run(sweep, 'queue'));
    expect((await Promise.all(going)).map(digests)).toEqual(wanted);
    clearInterval(looks);
    const [before = 0] = counts;
    expect(counts.length).toBeGreaterThan(20);
    // Two at work, and two that are kept for their sweeps' next jobs.
    expect(Math.max(...counts) - before).toBeGreaterThanOrEqual(2);
    expect(Math.max(...counts) - before).toBeLessThanOrEqual(4);
  });

  it('one sweep that is stopped, and leaves the other alone', async () => {
    const [stopped, other] = await Promise.all(
      ['stopped', 'untouched'].map((seed) =>
        loadSweep(writeConfig(folder, `${seed}.json`, { seed, samples: 2 ** 18 })),
      ),
    );
    const wanted = digests(await run(other as LoadedSweep, 'pool'));
    const controller = new AbortController();
    const ended = runSweep(stopped as LoadedSweep, {
      directory: join(folder, 'stopped'),
      threads: 1,
      open: openOnQueue(queueAddress(redis.url), { taskTime: 2e6 }),
      signal: controller.signal,
    });
    ended.catch(() => {});
    const going = run(other as LoadedSweep, 'queue', 'untouched');
    await expect.poll(() => redis.client.llen(`initsweep:kernel-${KERNEL_VERSION}:wait`)).toBeGreaterThan(20);
    controller.abort();
    await expect(ended).rejects.toThrow('stopped before the end');
    // Its jobs are gone, those of the other are there.
    const { hash } = planOf((other as LoadedSweep).spec);
    const waiting = await redis.client.lrange(`initsweep:kernel-${KERNEL_VERSION}:wait`, 0, -1);
    expect(waiting.length).toBeGreaterThan(10);
    expect(waiting.every((id) => id.startsWith(`p${hash}-`))).toBe(true);
    await startWorker(redis.url);
    expect(digests(await going)).toEqual(wanted);
    expect(readFileSync(join(folder, 'stopped/manifest.json'), 'utf8')).toContain('"stopped"');
  });
});
