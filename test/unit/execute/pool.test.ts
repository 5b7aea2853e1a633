import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RunError, StoppedError, TaskError } from '../../../src/errors.ts';
import { PoolExecutor, type PoolOptions } from '../../../src/execute/pool.ts';
import type { SimulateTask, Task } from '../../../src/execute/task.ts';
import { Arena } from '../../../src/memory/arena.ts';
import { bandsOf } from '../../../src/sweep/bands.ts';
import { groupsOf, slotCount } from '../../../src/sweep/groups.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder } from '../../support/tables.ts';

const worker = new URL('../../support/faulty-worker.mjs', import.meta.url);
const sweep = await smallSweep();
const plan = planSweep(sweep.spec, sweep.datasets);
const [group] = groupsOf(plan) as [ReturnType<typeof groupsOf>[number]];
const band = bandsOf(plan, group)[0]?.id as number;
const roomy = () => Arena.allocate(slotCount(plan, group), slotCount(plan, group) * 16 * 1024);

function simulate(arena: Arena, firstBlock = 0, lastBlock = 2): SimulateTask {
  return { kind: 'simulate', group, band, firstBlock, lastBlock, arena: arena.buffer };
}

/** A good task that says what its thread shall suffer. */
function faulty(fault: string, more: object = {}): Task {
  return { ...simulate(roomy()), fault, ...more } as Task;
}

/** Every record of the arena, as text. */
const contents = (arena: Arena) =>
  Array.from({ length: arena.slots }, (_, slot) => Buffer.from(arena.record(slot) ?? []).toString('base64'));

const opened: PoolExecutor[] = [];
function open(threads: number, options: PoolOptions = {}): PoolExecutor {
  const pool = new PoolExecutor(sweep.spec, sweep.datasets, threads, { worker, patience: 2_000, ...options });
  opened.push(pool);
  return pool;
}

/** Threads start as `start` says, the first `times` of them; returns how many were started so far. */
function starting(start: 'well' | 'throw' | 'exit' | 'hang', times: number): () => number {
  const file = join(folder(), 'starts');
  process.env['INITSWEEP_TEST_START'] = JSON.stringify([start, times, file]);
  return () => (existsSync(file) ? readFileSync(file, 'utf8').length : 0);
}

afterEach(async () => {
  process.removeAllListeners('worker');
  delete process.env['INITSWEEP_TEST_START'];
  for (const pool of opened.splice(0)) await pool.close();
});

/** Counts the threads that this process makes from now on, to the end of the test. */
function countThreads(): () => number {
  let threads = 0;
  process.on('worker', () => threads++);
  return () => threads;
}

const errorOf = (done: Promise<void>): Promise<Error> =>
  done.then(
    () => new Error('no error'),
    (error: Error) => error,
  );

describe.each([1, 2])('a pool of %i', (threads) => {
  it.each([
    ['exit', /^a worker thread that ended with exit code 7$/],
    ['throwLater', /^a worker thread that ended with RangeError: thrown outside of the task$/],
    ['memory', /^a worker thread out of memory$/],
    ['loop', /^a worker thread without a sign of life for 1\.5 s$/],
    ['wasm', /without a sign of life/],
    ['wait', /without a sign of life/],
  ])('rejects one task, and does the others, when its thread suffers %s', async (fault, message) => {
    const created = countThreads();
    const pool = open(threads, { patience: 1_500, limits: { maxOldGenerationSizeMb: 24 } });
    const [before, after] = [roomy(), roomy()];
    const tasks = [simulate(before), faulty(fault), simulate(after), simulate(roomy()), simulate(roomy())];
    const [first, error, ...rest] = await Promise.all(tasks.map((task) => errorOf(pool.submit(task))));
    expect(error).toBeInstanceOf(TaskError);
    expect(error?.message).toMatch(message);
    expect([first, ...rest].map((done) => done?.message)).toEqual(Array(4).fill('no error'));
    expect(contents(after)).toEqual(contents(before));
    // Tried again, the same thing happens; and then again there is a thread.
    expect((await errorOf(pool.submit(faulty(fault)))).message).toMatch(message);
    await pool.submit(simulate(roomy()));
    expect(created()).toBe(threads + 2);
  });

  it('gives no other task to a thread whose task threw', async () => {
    const started = starting('well', 0);
    const pool = open(threads);
    const broken = { ...simulate(roomy()), arena: {} } as Task;
    const tasks = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? broken : simulate(roomy())));
    const outcomes = await Promise.all(tasks.map((task) => errorOf(pool.submit(task))));
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 3 !== 0) expect(outcome.message).toBe('no error');
      else {
        expect(outcome).toBeInstanceOf(TaskError);
        expect(outcome.message).toBe('RangeError: Invalid atomic access index');
        expect(outcome.cause).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('    at ') });
      }
    }
    await pool.submit(simulate(roomy()));
    expect(started()).toBeGreaterThanOrEqual(4 + 1);
  });

  it.each(['exitAfter', 'throwAfter'])('replaces a thread that ends between two tasks: %s', async (fault) => {
    const started = starting('well', 0);
    const created = countThreads();
    const pool = open(threads);
    for (let round = 1; round <= 5; round++) {
      const rows = new SharedArrayBuffer(8);
      await pool.submit(faulty(fault, { rows }));
      Atomics.store(new Int32Array(rows), 0, 1);
      await threadsStarted(started, threads + round);
      await pool.submit(simulate(roomy()));
    }
    expect(created()).toBe(threads + 5);
  });

  it.each(['throw', 'exit', 'hang'] as const)('starts threads again that end at their start: %s', async (start) => {
    const started = starting(start, 2);
    const pool = open(threads, { patience: 1_500 });
    await Promise.all([1, 2, 3].map(() => pool.submit(simulate(roomy()))));
    expect(started()).toBeGreaterThanOrEqual(3);
  });

  it('gives up when no thread gets as far as a task', async () => {
    const started = starting('exit', 1000);
    const pool = open(threads);
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(pool.submit(simulate(roomy())))));
    for (const error of errors) expect(error).toBeInstanceOf(RunError);
    expect(errors[0]?.message).toBe(
      'worker threads: received a worker thread that ended with exit code 5, before it began any task, 4 times in a row; ' +
        'run again with fewer threads (--threads), or with more memory',
    );
    expect(started()).toBe(4 * threads);
    expect(await errorOf(pool.submit(simulate(roomy())))).toBe(errors[0]);
  });

  it('gives up when no thread can be started', async () => {
    const pool = open(threads, { worker: new URL('https://localhost/worker.js') });
    const error = await errorOf(pool.submit(simulate(roomy())));
    expect(error).toBeInstanceOf(RunError);
    expect(error.message).toContain('no worker thread: The URL must be of scheme file');
  });
});

/** Resolves when so many threads have begun to start. */
async function threadsStarted(started: () => number, count: number): Promise<void> {
  while (started() < count) await setTimeout(5);
}

it('rejects a hung task only when its thread writes no more', async () => {
  const pool = open(2, { patience: 1_500 });
  const rows = new SharedArrayBuffer(8);
  const error = await errorOf(pool.submit(faulty('write', { rows })));
  const count = Atomics.load(new Int32Array(rows), 0);
  expect(error).toBeInstanceOf(TaskError);
  expect(count).not.toBe(0);
  for (let i = 0; i < 5; i++) await pool.submit(simulate(roomy()));
  expect(Atomics.load(new Int32Array(rows), 0)).toBe(count);
});

it('keeps the blocks that a task had done before it hung, and does the others', async () => {
  const pool = open(1, { patience: 1_500 });
  const [arena, whole] = [roomy(), roomy()];
  await pool.submit(simulate(whole, 0, 4));
  expect(await errorOf(pool.submit({ ...simulate(arena, 0, 4), fault: 'half' } as Task))).toBeInstanceOf(TaskError);
  const half = arena.used;
  expect(half).toBeGreaterThan(0);
  await pool.submit(simulate(arena, 0, 4));
  expect(contents(arena)).toEqual(contents(whole));
  expect(arena.used).toBe(whole.used);
});

it('lets a task take its time that beats, or that has said how long a step takes', async () => {
  const started = starting('well', 0);
  const pool = open(2, { patience: 1_500 });
  await Promise.all([
    pool.submit(faulty('slow', { milliseconds: 4_000 })),
    pool.submit(faulty('quiet', { milliseconds: 4_000 })),
  ]);
  expect(started()).toBe(2);
  // Its word holds for that task only.
  const errors = await Promise.all([1, 2].map(() => errorOf(pool.submit(faulty('loop')))));
  for (const { message } of errors) expect(message).toBe('a worker thread without a sign of life for 1.5 s');
});

it('settles what is running, waiting and starting when it is closed', async () => {
  const hanging = open(2, { patience: 60_000 });
  const pending = ['loop', 'wait', 'exit', 'slow'].map((fault) => errorOf(hanging.submit(faulty(fault))));
  starting('throw', 1000);
  const restarting = open(2);
  pending.push(errorOf(restarting.submit(simulate(roomy()))));
  const before = performance.now();
  await Promise.all([hanging.close(), restarting.close()]);
  for (const error of await Promise.all(pending)) expect(error).toBeInstanceOf(StoppedError);
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(await errorOf(hanging.submit(simulate(roomy())))).toBeInstanceOf(StoppedError);
});
