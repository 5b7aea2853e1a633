import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../src/config/load.ts';
import { RunError, StoppedError, TaskError } from '../../src/errors.ts';
import type { Executor, OpenExecutor } from '../../src/execute/executor.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import { recordSource } from '../../src/execute/perform.ts';
import { PoolExecutor } from '../../src/execute/pool.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { QueueExecutor } from '../../src/execute/queue/executor.ts';
import { QueueWorker } from '../../src/execute/queue/worker.ts';
import type { DeriveTask, SimulateTask } from '../../src/execute/task.ts';
import { Arena } from '../../src/memory/arena.ts';
import { readManifest } from '../../src/run/manifest.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { bandsOf } from '../../src/sweep/bands.ts';
import { type Group, slotCount } from '../../src/sweep/groups.ts';
import { planSweep, rowsPerUnit } from '../../src/sweep/plan.ts';
import { layerSweep } from '../support/layer-sweep.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';
import { folder } from '../support/tables.ts';

const EXECUTORS: Record<string, OpenExecutor> = {
  InlineExecutor: async (plan) => new InlineExecutor(plan),
  'PoolExecutor(2)': async (plan, datasets) => new PoolExecutor(plan.spec, datasets, 2),
};

if (HAS_REDIS) {
  const redis = await TestRedis.start();
  const address = queueAddress(redis.url);
  const worker = await QueueWorker.open(address, { threads: 2 });
  // Small tasks, so that there are some.
  EXECUTORS['QueueExecutor(a worker of 2)'] = async (plan, datasets) =>
    QueueExecutor.open(address, plan, datasets, new InlineExecutor(plan), { taskTime: 1e6, timing: { keep: 200 } });
  afterAll(async () => {
    await worker.close();
    await redis.dispose();
  });
}

const sweep = layerSweep(
  await sweepFromObject({
    name: 'executors',
    fanIn: [1, 16, 130],
    inputs: ['normal', { kind: 'bernoulli', p: 0.5, standardize: false }],
    initializers: ['standard_uniform', 'orthogonal', 'ones', 'zeros'],
    activations: ['logistic', 'relu'],
    beta: [0.5, 2],
    samples: 4096,
    blocks: 64,
  }),
);
const plan = planSweep(sweep.spec, sweep.datasets);
const group: Group = { inputs: [0, 2], fanIns: [0, 3], blocks: [0, 64] };
const slots = slotCount(plan, group);

/** Every simulate task of the sweep, in pieces of 16 blocks. */
function simulateTasks(arena: Arena): SimulateTask[] {
  return bandsOf(plan, group).flatMap(({ id }) =>
    [0, 16, 32, 48].map(
      (firstBlock): SimulateTask => ({
        kind: 'simulate',
        group,
        band: id,
        firstBlock,
        lastBlock: firstBlock + 16,
        arena: arena.buffer,
      }),
    ),
  );
}

function deriveTask(arena: Arena, input: number, fanIn: number): DeriveTask & { readonly values: Float64Array } {
  const to = rowsPerUnit(plan);
  const rows = new SharedArrayBuffer(to * ESTIMATE_COLUMNS.length * 8);
  const parts = [{ input, fanIn, from: 0, to, offset: 0 }];
  return { kind: 'derive', group, arena: arena.buffer, rows, parts, values: new Float64Array(rows) };
}

const post = ({ values: _, ...task }: ReturnType<typeof deriveTask>): DeriveTask => task;
const roomy = () => Arena.allocate(slots, slots * 16 * 1024);

/** Every record of the arena, as text. */
function contents(arena: Arena): string[] {
  return Array.from({ length: slots }, (_, slot) => Buffer.from(arena.record(slot) ?? []).toString('base64'));
}

const hashes: Record<string, unknown>[] = [];

describe.each(Object.entries(EXECUTORS))('%s', (_, open) => {
  const opened: Executor[] = [];
  const start = async (): Promise<Executor> => {
    const executor = await open(plan, sweep.datasets, 2);
    opened.push(executor);
    return executor;
  };
  afterEach(async () => {
    for (const executor of opened.splice(0)) await executor.close();
  });

  it('writes the tables of every other executor', async () => {
    const directory = join(folder(), 'run');
    const { manifest } = await runSweep(sweep, { directory, threads: 2, open });
    expect(manifest.status).toBe('finished');
    expect(readdirSync(directory).sort()).toEqual(['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow']);
    expect(manifest.tables).toMatchObject({ tallies: { rows: slots }, estimates: { rows: 6 * rowsPerUnit(plan) } });
    hashes.push(Object.fromEntries(Object.entries(manifest.tables).map(([name, { sha256 }]) => [name, sha256])));
    for (const hash of hashes) expect(hash).toEqual(hashes[0]);
  });

  it('takes tasks in any order', async () => {
    const executor = await start();
    const [forward, backward] = [roomy(), roomy()];
    await Promise.all(simulateTasks(forward).map((task) => executor.submit(task)));
    await Promise.all(
      simulateTasks(backward)
        .reverse()
        .map((task) => executor.submit(task)),
    );
    expect(contents(backward)).toEqual(contents(forward));
    expect(contents(forward).filter((record) => record === '')).toHaveLength(6 * 64); // zeros are not simulated
    const rows = [forward, backward].map((arena) => deriveTask(arena, 1, 2));
    await Promise.all(rows.map((task) => executor.submit(post(task))));
    expect(rows[1]?.values).toEqual(rows[0]?.values);
    expect(rows[0]?.values.some((value) => value !== 0)).toBe(true);
  });

  it('rejects with the error of the task, in class and words, and loses nothing else', async () => {
    const executor = await start();
    const arena = roomy();
    const [first, ...others] = simulateTasks(arena) as [SimulateTask, ...SimulateTask[]];
    const cramped = Arena.allocate(slots, 1024);
    const tasks = [
      ...others,
      { ...first, arena: cramped.buffer },
      post(deriveTask(Arena.allocate(slots, 8), 0, 1)),
      first,
    ];
    const outcomes = await Promise.allSettled(tasks.map((task) => executor.submit(task)));
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toBeInstanceOf(RunError);
      expect(error).toMatchObject({ name: 'RunError', exitCode: 4 });
    }
    const [full, missing] = errors as [RunError, RunError];
    expect(full.message).toMatch(/^input normal, fan-in 1, block \d+: received tallies of \d+ .* that do not fit in/);
    expect(full.message).toContain('use a narrower input or fewer fan-ins');
    expect(missing.message).toBe('block 0 of uniform × normal: received no tally; its task did not finish');
    expect(missing.parts).toEqual([
      { where: 'block 0 of uniform × normal', received: 'no tally', remedy: 'its task did not finish' },
    ]);
    const complete = recordSource(plan, group, arena);
    expect(complete(1, 1, 2)).toHaveLength(plan.blocks);
    const rows = deriveTask(arena, 0, 0);
    await executor.submit(post(rows));
    expect(rows.values.some((value) => value !== 0)).toBe(true);
  });

  it('rejects with a TaskError what nobody foresaw, and does the task when it is tried again', async () => {
    const executor = await start();
    const [arena, whole] = [roomy(), roomy()];
    await Promise.all(simulateTasks(whole).map((task) => executor.submit(task)));
    // Blocks that are there already, in part.
    for (let slot = 0; slot < slots; slot += 7) {
      const record = whole.record(slot);
      if (record !== null) arena.publish(slot, record);
    }
    const tasks = simulateTasks(arena);
    const outcomes = await Promise.allSettled(
      tasks.flatMap((task) => [executor.submit({ ...task, arena: {} as SharedArrayBuffer }), executor.submit(task)]),
    );
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 2 === 1) expect(outcome.status).toBe('fulfilled');
      else expect(outcome).toMatchObject({ reason: { message: 'RangeError: Invalid atomic access index' } });
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TaskError);
    }
    expect(arena.used).toBe(whole.used);
    expect(contents(arena)).toEqual(contents(whole));
    // Done again, nothing is there twice.
    await Promise.all(tasks.map((task) => executor.submit(task)));
    expect(arena.used).toBe(whole.used);
  });

  it('settles every pending submit at close, and takes no more', async () => {
    const executor = await start();
    const arena = roomy();
    const pending = [...simulateTasks(arena), ...simulateTasks(roomy()), ...simulateTasks(roomy())].map((task) =>
      executor.submit(task),
    );
    const settled = Promise.allSettled(pending);
    await executor.close();
    const reasons = (await settled).flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toBeInstanceOf(StoppedError);
    await expect(executor.submit(simulateTasks(arena)[0] as SimulateTask)).rejects.toBeInstanceOf(StoppedError);
    await executor.close();
  });

  it.each([1, 2, 4])('stops a run after %i tasks, without tables or temporary files', async (tasks) => {
    const directory = join(folder(), 'run');
    const controller = new AbortController();
    let calls = 0;
    const onProgress = (): void => {
      if (calls++ === tasks) controller.abort();
    };
    const options = { directory, threads: 2, open, onProgress, signal: controller.signal };
    await expect(runSweep(sweep, options)).rejects.toBeInstanceOf(StoppedError);
    expect(readdirSync(directory).sort()).toEqual(['journal', 'manifest.json', 'sweep.json']);
    expect(readManifest(join(directory, 'manifest.json'))).toMatchObject({
      status: 'stopped',
      error: null,
      tables: {},
    });
    // The same command makes the run whole.
    let found = 0;
    const onFound = (count: number): void => {
      found = count;
    };
    const { manifest } = await runSweep(sweep, { directory, threads: 2, open, onFound });
    expect(found).toBe(manifest.tallies.found);
    expect(found).toBeGreaterThan(0);
    expect(manifest.tables['estimates']?.sha256).toBe(hashes[0]?.['estimates']);
    expect(readdirSync(directory)).not.toContain('journal');
  });

  it('stops a run whose signal came first, or while the executor was opening, before any task', async () => {
    for (const when of ['before', 'meanwhile'] as const) {
      const directory = join(folder(), 'run');
      const controller = new AbortController();
      if (when === 'before') controller.abort();
      let submitted = 0;
      const slow: OpenExecutor = async (...setup) => {
        const executor = await open(...setup);
        controller.abort();
        return {
          parallelism: executor.parallelism,
          close: () => executor.close(),
          submit: (task) => {
            submitted++;
            return executor.submit(task);
          },
        };
      };
      const options = { directory, threads: 2, open: slow, signal: controller.signal };
      await expect(runSweep(sweep, options)).rejects.toBeInstanceOf(StoppedError);
      expect(submitted).toBe(0);
    }
  });

  it('fails a run with the error of a task, and says so in the manifest', async () => {
    const directory = join(folder(), 'run');
    const failing: OpenExecutor = async (...setup) => {
      const executor = await open(...setup);
      const empty = Arena.allocate(slots, 8).buffer;
      return {
        parallelism: executor.parallelism,
        close: () => executor.close(),
        submit: (task) => executor.submit(task.kind === 'derive' ? { ...task, arena: empty } : task),
      };
    };
    await expect(runSweep(sweep, { directory, threads: 2, open: failing })).rejects.toThrow(RunError);
    expect(readdirSync(directory).sort()).toEqual(['journal', 'manifest.json', 'sweep.json']);
    const manifest = readManifest(join(directory, 'manifest.json'));
    expect(manifest).toMatchObject({ status: 'failed', tables: {} });
    expect(manifest.error).toContain('received no tally');
  });
});

it('a run whose executor does not open has failed, and its manifest says why', async () => {
  const directory = join(folder(), 'run');
  const open = async (): Promise<Executor> => {
    throw new RunError('no threads left');
  };
  await expect(runSweep(sweep, { directory, threads: 2, open })).rejects.toThrow('no threads left');
  expect(readManifest(join(directory, 'manifest.json'))).toMatchObject({ status: 'failed', error: 'no threads left' });
});
